import {setTimeout as sleep} from 'node:timers/promises'

/** Milliseconds before the second try, at most; each further one may take twice as long. */
const firstPause = 200

/** Waits before another try, each time longer, and never as long as the others who wait as well. */
export async function pause(tries: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.random() * firstPause * 2 ** (tries - 1), undefined, {signal})
}
