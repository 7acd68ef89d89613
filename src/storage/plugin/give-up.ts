/** What ends a wait for code that may never answer. */
export interface Patience {
  /** Milliseconds after which the wait is over, unless `heard` is called. */
  readonly silence: number
  /** Milliseconds after the signal's abort. */
  readonly grace: number
  readonly signal?: AbortSignal | undefined
}

/** Thrown where nothing was heard for too long. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp'
}

/**
 * Waits for work that may never end, keeping the process alive meanwhile. Given up, the work may go on unheard.
 * @throws GaveUp; the signal's reason, where it aborted
 */
export async function waitFor<T>(
  {silence, grace, signal}: Patience,
  work: (heard: () => void) => Promise<T> | T,
): Promise<T> {
  const {promise: over, reject} = Promise.withResolvers<never>()
  const giveUp = () => reject(new GaveUp(`nothing was heard of it for ${silence / 1000} s`))
  const quiet = setTimeout(giveUp, silence)
  let late: NodeJS.Timeout | undefined
  const onAbort = () => (late = setTimeout(() => reject(signal?.reason), grace))
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()
  try {
    // begun in a later turn, so that what it throws at once is a rejection too
    return await Promise.race([over, Promise.resolve().then(() => work(() => quiet.refresh()))])
  } finally {
    clearTimeout(quiet)
    clearTimeout(late)
    signal?.removeEventListener('abort', onAbort)
  }
}
