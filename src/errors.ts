/**
 * Every error code, with the exit code it ends the process with and what it means.
 * The manual's table and the exit codes of the binary are both made from this one.
 */
export const errorCodes = {
  MIGRATION_FAILED: {exit: 1, meaning: 'a statement of a migration failed'},
  VERIFY_FAILED: {exit: 1, meaning: 'a verify script failed'},
  UNEXPECTED: {exit: 1, meaning: 'something that squizzle did not foresee: please report it'},
  USAGE: {exit: 2, meaning: 'the command line asks for something that cannot be'},
  CONFIG_INVALID: {
    exit: 2,
    meaning: 'the configuration is wrong, or none was found where one is needed',
  },
  NO_DATABASE: {exit: 2, meaning: 'no database is configured'},
  VERSION_INVALID: {exit: 2, meaning: 'not a semantic version'},
  VERSION_NOT_FOUND: {exit: 2, meaning: 'the storage does not have this version, tag or digest'},
  SOURCE_INVALID: {exit: 2, meaning: 'a migration file cannot be packed as it is'},
  TOOL_MISSING: {exit: 2, meaning: 'a program that squizzle needs is missing or too old'},
  MEDIA_TYPE_REFUSED: {exit: 2, meaning: 'the registry does not take custom artifact types'},
  TOO_LARGE: {exit: 2, meaning: 'something is larger than the limit that applies to it'},
  NOT_WRITABLE: {exit: 2, meaning: 'a folder that must be written cannot be'},
  PLUGIN_FAILED: {exit: 2, meaning: 'a storage plugin failed or does not fit'},
  UNREACHABLE: {exit: 3, meaning: 'the registry, storage or database could not be reached'},
  TIMEOUT: {exit: 3, meaning: 'the time limit passed'},
  RATE_LIMITED: {exit: 3, meaning: 'the registry limits how often it may be asked'},
  TLS: {exit: 3, meaning: 'no trusted TLS connection could be made'},
  CONNECTION_LOST: {exit: 3, meaning: 'the connection broke while work was under way'},
  AUTHENTICATION_REQUIRED: {exit: 4, meaning: 'no credentials, or wrong ones'},
  PERMISSION_DENIED: {exit: 4, meaning: 'the credentials do not allow this'},
  VERSION_EXISTS: {exit: 5, meaning: 'the version exists with other content'},
  TAG_IMMUTABLE: {exit: 5, meaning: 'the storage forbids to move this tag'},
  RELEASED_FILE_EDITED: {exit: 5, meaning: 'a file that was released has been edited'},
  RELEASED_ELSEWHERE: {exit: 5, meaning: 'a migration is released in a version outside the base'},
  DIVERGED: {exit: 5, meaning: 'the database has other content under the same version'},
  DATABASE_AHEAD: {exit: 5, meaning: 'the database has all of the artifact, and more'},
  OTHER_LINE: {exit: 5, meaning: 'the database has releases that the artifact lacks'},
  OTHER_PROJECT: {exit: 5, meaning: 'the artifact belongs to another project'},
  DATABASE_NOT_EMPTY: {
    exit: 5,
    meaning: 'the database, or the ledger, is not empty where it should be',
  },
  UNRESOLVED: {exit: 5, meaning: 'a statement was begun and its outcome is not known'},
  INTEGRITY: {exit: 6, meaning: 'a digest, size or record does not match'},
  UNSUPPORTED_FORMAT: {exit: 6, meaning: 'built by a newer squizzle'},
  ROLLBACK_FAILED: {exit: 7, meaning: 'a rollback failed'},
  LOCK_TIMEOUT: {exit: 8, meaning: 'another run held the lock for too long'},
  PENDING: {exit: 9, meaning: 'releases are pending'},
  INTERRUPTED: {exit: 130, meaning: 'interrupted: what was begun is undone or can be resumed'},
  TERMINATED: {exit: 143, meaning: 'terminated: what was begun is undone or can be resumed'},
} as const satisfies Record<string, {exit: number; meaning: string}>

export type ErrorCode = keyof typeof errorCodes

export interface ErrorOptions {
  /** One sentence: what to do now. */
  readonly hint?: string
  /** Facts for `--json`: plain data, free of secrets. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

const brand = Symbol.for('squizzle.error')

/** The one error that squizzle throws: a code, one sentence of what happened, one of what to do. */
export class SquizzleError extends Error {
  override readonly name = 'SquizzleError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>>
  readonly [brand] = true

  /** @param message what happened, lower-case, without a full stop: it is shown after `Error: `. */
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? {cause: options.cause} : undefined)
    this.code = code
    this.hint = options.hint
    this.details = options.details ?? {}
  }

  get exitCode(): number {
    return errorCodes[this.code].exit
  }
}

/** Tells squizzle's own errors, also those thrown by another copy of this package (a plugin's). */
export function isSquizzleError(error: unknown): error is SquizzleError {
  return error instanceof Error && brand in error
}

/** Whether a system error has one of these codes (`ENOENT`, `EEXIST`, ...). */
export function hasErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
