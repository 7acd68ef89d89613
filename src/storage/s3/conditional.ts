import type {Connection} from './client.ts'
import {serverName} from './explain.ts'
import {readObject} from './read.ts'
import {writeObject} from './write.ts'

/** Writes that depend on what is there. Both return false, with nothing written, where somebody else was first. */
export interface ConditionalWrites {
  create(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<boolean>
  /** @param etag as `get` returned it, quoted. */
  update(key: string, bytes: Uint8Array, etag: string, signal: AbortSignal): Promise<boolean>
}

/**
 * Where a server knows no conditions, what is there is looked at before; then two at once may both be told true, and
 * the last one's bytes stay. That is said, once.
 */
export function conditionalWrites(
  connection: Connection,
  warn: (message: string) => void,
): ConditionalWrites {
  let said = false
  const say = (what: string) => {
    if (!said) warn(`${serverName(connection.location)} ${what}: the last of two at once wins`)
    said = true
  }

  return {
    async create(key, bytes, signal) {
      const outcome = await writeObject(connection, key, bytes, {IfNoneMatch: '*'}, signal)
      if (outcome !== 'unsupported') return outcome === 'written'
      say('cannot refuse a second writer of a version')
      if ((await readObject(connection, key, signal)) !== undefined) return false
      await writeObject(connection, key, bytes, {}, signal)
      return true
    },

    async update(key, bytes, etag, signal) {
      // HTTP and AWS want the quotes; Ceph up to 16 at least compares the header with the bare text
      for (const form of [etag, etag.replaceAll('"', '')]) {
        const outcome = await writeObject(connection, key, bytes, {IfMatch: form}, signal)
        if (outcome === 'written') return true
        if ((await readObject(connection, key, signal))?.etag !== etag) return false
        if (outcome === 'unsupported') break
      }
      // refused, though nobody changed it: for Ceph 16 a new object in a versioned bucket never matches
      say('cannot tell whether somebody else moves a tag')
      await writeObject(connection, key, bytes, {}, signal)
      return true
    },
  }
}
