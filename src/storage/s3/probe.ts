import {randomUUID} from 'node:crypto'
import {isSquizzleError} from '../../errors.ts'
import {blobPrefix} from '../object/keys.ts'
import type {ObjectStore} from '../object/store.ts'
import {ask} from './ask.ts'
import type {Connection} from './client.ts'
import {isNamed} from './failure.ts'
import {writeObject} from './write.ts'

/** What a second writer of one key is told; or why that can't be tried without leaving something behind. */
export type Verdict = 'refused' | 'admitted' | 'unsupported' | {readonly skipped: string}

/** Milliseconds to remove the probe, also where the check itself ran out of time. */
const cleanUpTime = 10_000

/**
 * Tries whether a second writer of one key is refused. Where there is a blob, it is written again, with the bytes that it
 * has, whatever comes of it. Only an empty storage gets an object for it, and only where that can be removed for good.
 * @throws PERMISSION_DENIED where nothing may be written
 */
export async function probeConditions(
  connection: Connection,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<Verdict> {
  const writeAgain = (key: string, bytes: Uint8Array) =>
    writeObject(connection, key, bytes, {IfNoneMatch: '*'}, signal)

  const key = await smallestBlob(store, signal)
  const blob = key === undefined ? undefined : await store.get(key, {signal})
  if (key !== undefined && blob !== undefined) return verdictOf(await writeAgain(key, blob.bytes))

  const probe = `check-${randomUUID()}`
  const obstacle = await whyItWouldStay(connection, store, probe, signal)
  if (obstacle !== undefined) return {skipped: obstacle}
  const bytes = Buffer.from('squizzle')
  try {
    const first = await writeAgain(probe, bytes)
    return first === 'unsupported' ? first : verdictOf(await writeAgain(probe, bytes))
  } finally {
    await store.delete(probe, {signal: AbortSignal.timeout(cleanUpTime)})
  }
}

function verdictOf(outcome: Awaited<ReturnType<typeof writeObject>>): Verdict {
  return outcome === 'written' ? 'admitted' : outcome
}

/** Of the first page. */
async function smallestBlob(store: ObjectStore, signal: AbortSignal): Promise<string | undefined> {
  let smallest: {readonly key: string; readonly size: number} | undefined
  let seen = 0
  for await (const object of store.list(blobPrefix, {signal})) {
    if (smallest === undefined || object.size < smallest.size) smallest = object
    if (++seen === 1000) break
  }
  return smallest?.key
}

async function whyItWouldStay(
  connection: Connection,
  store: ObjectStore,
  probe: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const versioned = await isVersioned(connection, signal)
  if (versioned === undefined)
    return 'the credentials may not ask whether the bucket keeps versions'
  if (versioned) return 'the bucket keeps versions of all that is removed'
  try {
    // there is none: it only tells whether it could be removed
    await store.delete(probe, {signal})
    return undefined
  } catch (error) {
    if (isDenied(error)) return 'the credentials may not remove objects'
    throw error
  }
}

/** Undefined where that may not be asked. */
async function isVersioned(
  connection: Connection,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const {client, location} = connection
  const input = {Bucket: location.bucket}
  const work = () => client.getBucketVersioning(input, {abortSignal: signal})
  try {
    const {Status} = await ask(connection, signal, work, ['NotImplemented'])
    return Status !== undefined
  } catch (error) {
    // a server without such a thing
    if (isNamed(error, 'NotImplemented')) return false
    if (isDenied(error)) return undefined
    throw error
  }
}

function isDenied(error: unknown): boolean {
  return isSquizzleError(error) && error.code === 'PERMISSION_DENIED'
}
