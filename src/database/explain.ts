import {SquizzleError} from '../errors.ts'
import type {ErrorCode} from '../errors.ts'
import type {Session} from './session.ts'
import {isSqlError} from './sql-error.ts'

/** What to do about an SQLSTATE, where PostgreSQL's own words leave people wondering. */
const hints: Readonly<Record<string, string>> = {
  '25001':
    'This statement cannot run in a transaction: put it in a migration of its own, which then runs outside one.',
  '25006': 'This is a standby or is set to read only: use the address of the primary.',
  '42501': 'Grant the role what the statement needs, or use another role in the database URL.',
  '53100': "The server's disk is full: make room, then run the same command again.",
  '53200':
    'The release outgrew what one transaction may lock: use --transaction migration, or raise max_locks_per_transaction.',
  '55P03':
    'Live traffic kept the lock that this statement needs: try again, or allow a longer --lock-timeout.',
  '55P04':
    'A value added to an enum can be used only after a commit: use it in a migration of a later release, or use --transaction migration.',
  '57014':
    'It ran into a time limit: raise --statement-timeout, or the limit set for the role or database.',
}

export function hintFor(sqlstate: string): string | undefined {
  return hints[sqlstate]
}

/** The same for statements of squizzle itself, which are about the ledger. */
const ownHints: Readonly<Record<string, string>> = {
  '42501':
    'Grant the role what `squizzle status --ledger-ddl` prints, or use another role in the database URL.',
}

const codes: Readonly<Record<string, ErrorCode>> = {
  '42501': 'PERMISSION_DENIED',
  '22023': 'CONFIG_INVALID',
  '25006': 'CONFIG_INVALID',
}

/**
 * The error that a person is shown when one of squizzle's own statements was refused; others pass through.
 * PERMISSION_DENIED where the role lacks a right.
 */
export function explainSqlError(error: unknown, session: Pick<Session, 'name'>): unknown {
  if (!isSqlError(error)) return error
  const code = codes[error.code] ?? 'UNEXPECTED'
  const said = code === 'PERMISSION_DENIED' ? permissionDenied(error.message) : error.message
  const hint = ownHints[error.code] ?? hints[error.code] ?? error.hint
  return new SquizzleError(code, said, {
    ...(hint === undefined ? {} : {hint}),
    details: {
      database: session.name,
      sqlstate: error.code,
      ...(error.detail === undefined ? {} : {detail: error.detail}),
    },
    cause: error,
  })
}

/** What the server said, with the words in front that stand for every lack of a right. */
export function permissionDenied(said: string): string {
  return said.startsWith('permission denied') ? said : `permission denied: ${said}`
}
