import {limits} from '../../artifact/limits.ts'
import {isSquizzleError, SquizzleError} from '../../errors.ts'
import {tagPrefix} from '../object/keys.ts'
import type {StoredObject} from '../object/store.ts'
import {ask, notS3} from './ask.ts'
import type {Connection} from './client.ts'
import {isNamed} from './failure.ts'
import {shortName} from './location.ts'
import {pause} from './pause.ts'

/** Bytes: a descriptor has a few hundred at most. */
const largestTag = 64 * 1024

/** Bytes: the largest layer, where nothing of it can be compressed. */
const largestBlob = limits.layer + 1024 * 1024

/** The SDK repeats requests, not bodies that break off. */
const attempts = 3

/** An object with all of its bytes; undefined where there is none. */
export async function readObject(
  connection: Connection,
  key: string,
  signal: AbortSignal,
): Promise<StoredObject | undefined> {
  const {client, location} = connection
  const {bucket: Bucket, prefix} = location
  const limit = key.startsWith(tagPrefix) ? largestTag : largestBlob
  const work = async () => {
    for (let tries = 1; ; tries++) {
      const found = await client.getObject({Bucket, Key: prefix + key}, {abortSignal: signal})
      const {Body, ContentLength, ETag: etag} = found
      // S3 always sends one, the page of a proxy does not
      if (Body === undefined || etag === undefined) throw notS3(connection, 'no ETag')
      try {
        const chunks = Body as unknown as AsyncIterable<Uint8Array>
        const bytes = await collect(chunks, ContentLength, limit)
        if (bytes === undefined) throw tooLarge(`${shortName(location)}/${key}`, limit)
        return {bytes, etag}
      } catch (error) {
        if (tries === attempts || signal.aborted || isSquizzleError(error)) throw error
        await pause(tries, signal)
      }
    }
  }
  try {
    return await ask(connection, signal, work, ['NoSuchKey'])
  } catch (error) {
    if (isNamed(error, 'NoSuchKey')) return undefined
    throw error
  }
}

/** Undefined where there are more bytes than the limit allows, also where they never end. */
async function collect(
  chunks: AsyncIterable<Uint8Array>,
  claimed: number | undefined,
  limit: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    // leaving the loop hangs up
    if (Math.max(size, claimed ?? 0) > limit) return undefined
    parts.push(chunk)
  }
  return Buffer.concat(parts, size)
}

function tooLarge(object: string, limit: number): SquizzleError {
  return new SquizzleError('TOO_LARGE', `${object} has more than ${limit} bytes`, {
    hint: 'Squizzle did not write it: remove it from the bucket.',
    details: {object, limit},
  })
}
