import {errorCodes, isSquizzleError, type ErrorCode, type SquizzleError} from '../errors.ts'

/** What is told of an error: plain data, the same for people and programs. */
export interface Failure {
  readonly code: ErrorCode
  readonly exitCode: number
  /** One sentence: what happened. */
  readonly message: string
  /** One sentence: what to do. */
  readonly hint?: string
  /** `excerpt`, where there is one, is text to show as it is. */
  readonly details: Readonly<Record<string, unknown>>
  /** What lies below, from the nearest to the deepest; shown on demand only. */
  readonly causes: readonly string[]
  /** Of an error that nobody foresaw; shown on demand only. */
  readonly stack?: string
}

/** Every error ends here, also those that nobody foresaw. */
export function failureOf(error: unknown): Failure {
  return isSquizzleError(error) ? expected(error) : unexpected(error)
}

function expected(error: SquizzleError): Failure {
  return {
    code: error.code,
    exitCode: exitCodeOf(error.code),
    message: error.message,
    ...(error.hint === undefined ? {} : {hint: error.hint}),
    details: error.details,
    causes: causesOf(error.cause),
  }
}

/** A plugin's copy of squizzle may be newer and have codes that this one lacks. */
function exitCodeOf(code: ErrorCode): number {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code].exit : errorCodes.UNEXPECTED.exit
}

function unexpected(error: unknown): Failure {
  return {
    code: 'UNEXPECTED',
    exitCode: errorCodes.UNEXPECTED.exit,
    message: summaryOf(error),
    hint: 'This should not happen: please report it, with what --verbose shows.',
    details: {},
    causes: causesOf(error instanceof Error ? error.cause : undefined),
    ...(error instanceof Error && error.stack !== undefined ? {stack: error.stack} : {}),
  }
}

/** A chain this long is a cycle. */
const maxCauses = 10

function causesOf(cause: unknown): string[] {
  const causes: string[] = []
  for (let at = cause; at !== undefined && at !== null && causes.length < maxCauses;) {
    causes.push(isSquizzleError(at) ? `${at.message} (${at.code})` : summaryOf(at))
    at = at instanceof Error ? at.cause : undefined
  }
  return causes
}

/** An AggregateError of a connection has no message of its own: those inside say what happened. */
function summaryOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(summaryOf).join('; ')
  }
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
