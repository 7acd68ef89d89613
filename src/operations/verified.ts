import type {Version} from '../artifact/version.ts'
import type {VerifiedScript} from '../database/verify/verify-scripts.ts'
import {SquizzleError} from '../errors.ts'

/** What became of a verify script, as plain data. */
export interface VerifiedFile {
  readonly release: Version
  readonly migration: string
  /** `1.1.0/0004_orders.verify.sql`. */
  readonly file: string
  readonly passed: boolean
  /** With line and column where there is a place. */
  readonly message?: string
}

export function describeVerified({failure, ...script}: VerifiedScript): VerifiedFile {
  return {...script, ...(failure !== undefined && {message: failure.message})}
}

/**
 * One failure is thrown as it is; several are told together, each with its lines.
 * @throws VERIFY_FAILED where a script failed
 */
export function refuseFailed(scripts: readonly VerifiedScript[]): void {
  const failures = scripts.flatMap(({failure}) => failure ?? [])
  const [first, ...more] = failures
  if (first === undefined) return
  const files = scripts.map(describeVerified)
  if (more.length === 0) {
    throw new SquizzleError('VERIFY_FAILED', first.message, {
      ...(first.hint !== undefined && {hint: first.hint}),
      details: {...first.details, scripts: files},
      cause: first,
    })
  }
  throw new SquizzleError(
    'VERIFY_FAILED',
    `${failures.length} of ${scripts.length} verify scripts failed`,
    {
      hint: 'Nothing was written.',
      details: {excerpt: failures.map(shown).join('\n\n'), scripts: files},
      cause: first,
    },
  )
}

function shown({message, details}: SquizzleError): string {
  const {excerpt} = details
  return typeof excerpt === 'string' ? `${message}\n${excerpt}` : message
}
