import {SquizzleError} from '../../errors.ts'
import type {TransferOptions} from '../storage.ts'

/**
 * Runs the work with one signal for both of its limits: the caller's signal and the timeout.
 * @param doing what is being done, as the error says it: `pulling artifact`.
 * @throws TIMEOUT; the signal's reason where it aborts
 */
export async function withLimits<T>(
  doing: string,
  {signal, timeout}: TransferOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = timeout === undefined ? undefined : AbortSignal.timeout(timeout)
  const both = AbortSignal.any([signal, late].filter((one) => one !== undefined))
  try {
    both.throwIfAborted()
    return await work(both)
  } catch (error) {
    if (both.aborted && both.reason === late?.reason) throw timedOut(doing, timeout, error)
    throw both.aborted ? both.reason : error
  }
}

/** Stops waiting for something that may not heed the signal; it may still end later, unheard. */
export async function abortable<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const {promise: aborted, reject} = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function timedOut(doing: string, timeout: number | undefined, cause: unknown): SquizzleError {
  return new SquizzleError('TIMEOUT', `timeout ${doing}`, {
    hint: 'Try again, or give it more time with --timeout <seconds>.',
    details: {timeout},
    cause,
  })
}
