import {isSquizzleError, SquizzleError, type ErrorCode} from '../errors.ts'

/** Outcomes that a person must hear of even when they asked for the interruption. */
const graver: ReadonlySet<ErrorCode> = new Set(['ROLLBACK_FAILED', 'UNRESOLVED'])

/**
 * An error that surfaced after a signal is that signal's doing: the programs and connections in use
 * fail each in their own way when they are cut off. What it says is kept.
 */
export function asInterruption(error: unknown, signal: AbortSignal | undefined): unknown {
  const reason: unknown = signal?.aborted ? signal.reason : undefined
  if (!isSquizzleError(reason) || error === reason) return error
  if (!isSquizzleError(error)) {
    return new SquizzleError(reason.code, reason.message, {hint: reason.hint ?? '', cause: error})
  }
  if (error.code === reason.code || graver.has(error.code)) return error
  return new SquizzleError(reason.code, `${reason.message}: ${error.message}`, {
    ...(error.hint === undefined ? {} : {hint: error.hint}),
    details: error.details,
    cause: error,
  })
}
