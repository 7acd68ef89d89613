import type {IdleLimit} from './program.ts'

/** Milliseconds without any sign of life after which a transfer is given up. */
const silence = 60_000

/** Bytes a millisecond of the slowest uplink that is waited for: 32 kB a second. oras says nothing during an upload. */
const slowestUpload = 32

/** For what comes in: its bytes are seen arriving. */
export function whileReceiving(arriving: () => Promise<number>): IdleLimit {
  return {after: silence, pulse: arriving}
}

/** For what goes out: nobody sees how much of it has left. @param bytes of the largest blob. */
export function whileSending(bytes: number): IdleLimit {
  return {after: silence + Math.ceil(bytes / slowestUpload)}
}

/** For a question with a short answer. */
export const whileAsking: IdleLimit = {after: silence}
