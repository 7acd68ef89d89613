import {randomUUID} from 'node:crypto'
import {SquizzleError} from '../../errors.ts'
import type {Check, TransferOptions} from '../storage.ts'
import {tryPart} from '../transfer/check.ts'
import {withLimits} from '../transfer/limits.ts'
import {tagPrefix} from './keys.ts'
import {listObjects} from './listing.ts'
import type {ObjectStore} from './store.ts'

/** Milliseconds to remove the probe, also where the check itself ran out of time. */
const cleanUpTime = 10_000

/** Lists, writes, and tries whether a second writer of one key is refused; nothing stays. */
export async function checkObjects(
  store: ObjectStore,
  url: string,
  options: TransferOptions,
): Promise<Check[]> {
  const part = (name: string, work: (signal: AbortSignal) => Promise<string>) =>
    tryPart(name, () => withLimits(`checking ${url}`, options, work))

  const readable = await part('readable', (signal) => countTags(store, signal))
  const writable = await part('writable', (signal) => tryConditions(store, url, signal))
  return [readable, writable]
}

async function countTags(store: ObjectStore, signal: AbortSignal): Promise<string> {
  const {length} = await listObjects(store, tagPrefix, signal)
  return length === 1 ? '1 tag' : `${length} tags`
}

async function tryConditions(
  store: ObjectStore,
  url: string,
  signal: AbortSignal,
): Promise<string> {
  const key = `check-${randomUUID()}`
  const bytes = Buffer.from('squizzle')
  try {
    if (!(await store.put(key, bytes, {ifAbsent: true, signal}))) {
      throw new SquizzleError('PERMISSION_DENIED', `${url} takes no new object`)
    }
    const found = await store.get(key, {signal})
    if (found === undefined || !bytes.equals(found.bytes)) {
      throw new SquizzleError('INTEGRITY', `${url} does not return what was written to it`)
    }
    if (await store.put(key, bytes, {ifAbsent: true, signal})) {
      throw new SquizzleError('VERSION_EXISTS', `${url} lets a second writer replace a version`, {
        hint: 'Let one pipeline push at a time, or use a server that honours If-None-Match.',
      })
    }
    return 'a version is written once, a second writer is refused'
  } finally {
    await store.delete(key, {signal: AbortSignal.timeout(cleanUpTime)})
  }
}
