import type {Digest} from '../../artifact/digest.ts'
import {SquizzleError} from '../../errors.ts'
import type {BlobName} from '../cache.ts'
import {largestManifest} from '../descriptors.ts'
import type {UnusedBlobs, UnusedOptions} from '../storage.ts'
import {abortable} from '../transfer/limits.ts'
import {inParallel} from '../transfer/parallel.ts'
import {reachable} from '../transfer/reachable.ts'
import {readBlobObject} from './blobs.ts'
import {blobKey, blobPrefix, digestOfKey, tagPrefix} from './keys.ts'
import {listObjects} from './listing.ts'
import type {ObjectStore} from './store.ts'
import type {ObjectTags} from './tags.ts'

interface Place {
  readonly store: ObjectStore
  readonly url: string
  readonly concurrency: number
  readonly tags: ObjectTags
}

/**
 * Removes what no tag needs. An object store has no lock that could keep pushes away, and a push may rely on an old blob
 * in the moment in which it goes: so each is copied to the cache first, the tags are read again once all are gone, and what
 * one of them needs by then is put back.
 */
export async function removeUnusedObjects(
  place: Place,
  {olderThan, dryRun, withoutTags, cache}: UnusedOptions,
  signal: AbortSignal,
): Promise<UnusedBlobs> {
  const {store, url, concurrency} = place
  const oldest = Date.now() - olderThan
  const objects = await listObjects(store, blobPrefix, signal)
  // what is pushed from here on is too young to be listed as old
  const read = manifestReader(place, signal)
  const used = await usedBlobs(place, new Set(withoutTags), read, signal)
  const unused = objects.flatMap(({key, size, modified}): BlobName[] => {
    const digest = digestOfKey(key)
    if (digest === undefined || used.has(digest)) return []
    return modified === undefined || modified.getTime() > oldest ? [] : [{digest, size}]
  })
  if (dryRun) return summaryOf(unused)

  const borrowed: BlobName[] = []
  await inParallel(unused, concurrency, async (blob) => {
    if (!(await cache.has(blob))) {
      const bytes = await readIfIntact(store, url, blob, signal)
      if (bytes !== undefined) {
        await cache.add(blob, [bytes])
        borrowed.push(blob)
      }
    }
    await abortable(signal, store.delete(blobKey(blob.digest), {signal}))
  })
  // a manifest that went with the rest is only in the cache now
  const readAnywhere = async (digest: Digest) => (await read(digest)) ?? cache.read(digest)
  const needed = await usedBlobs(place, new Set(), readAnywhere, signal)
  const back = unused.filter(({digest}) => needed.has(digest))
  await inParallel(back, concurrency, async (blob) => {
    const bytes = await cache.read(blob.digest)
    if (bytes !== undefined) {
      await abortable(signal, store.put(blobKey(blob.digest), bytes, {signal}))
    }
  })
  for (const {digest} of borrowed) await cache.remove(digest)
  return summaryOf(unused.filter(({digest}) => !needed.has(digest)))
}

function summaryOf(blobs: readonly BlobName[]): UnusedBlobs {
  return {
    blobs: blobs.map(({digest}) => digest),
    bytes: blobs.reduce((sum, {size}) => sum + size, 0),
  }
}

/** A damaged blob is nothing that anybody could come to rely on. */
async function readIfIntact(
  store: ObjectStore,
  url: string,
  blob: BlobName,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  return readBlobObject(store, url, blob, signal).catch((error: unknown) => {
    if (error instanceof SquizzleError && error.code === 'INTEGRITY') return undefined
    throw error
  })
}

type ReadManifest = (digest: Digest) => Promise<Uint8Array | undefined>

async function usedBlobs(
  {store, concurrency, tags}: Place,
  without: ReadonlySet<string>,
  read: ReadManifest,
  signal: AbortSignal,
): Promise<ReadonlySet<Digest>> {
  const names = (await listObjects(store, tagPrefix, signal))
    .map(({key}) => key.slice(tagPrefix.length))
    .filter((name) => !without.has(name))
  const roots = new Set<Digest>()
  await inParallel(names, concurrency, async (name) => {
    const manifest = await tags.read(name, signal)
    if (manifest !== undefined) roots.add(manifest.digest)
  })
  return reachable(roots, read)
}

function manifestReader({store, url}: Place, signal: AbortSignal): ReadManifest {
  return async (digest) => {
    const [found] = await listObjects(store, blobKey(digest), signal)
    if (found === undefined || found.size > largestManifest) return undefined
    return readBlobObject(store, url, {digest, size: found.size}, signal)
  }
}
