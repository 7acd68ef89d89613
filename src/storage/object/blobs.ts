import type {Descriptor} from '../../artifact/descriptor.ts'
import {sha256, type Digest} from '../../artifact/digest.ts'
import {mediaTypes} from '../../artifact/media-types.ts'
import {mismatch} from '../blobs/write.ts'
import type {BlobName} from '../cache.ts'
import {largestManifest} from '../descriptors.ts'
import {isArtifact} from '../transfer/manifest.ts'
import {abortable} from '../transfer/limits.ts'
import type {BlobSource} from '../transfer/pull.ts'
import type {BlobTarget} from '../transfer/push.ts'
import {blobKey, blobPrefix} from './keys.ts'
import {listObjects} from './listing.ts'
import type {ObjectStore} from './store.ts'

/** The blobs of an object store, for both directions. */
export function objectBlobs(
  store: ObjectStore,
  url: string,
  concurrency: number,
): BlobSource & BlobTarget {
  return {
    url,
    concurrency,
    readManifest: (manifest, signal) => readBlobObject(store, url, manifest, signal),
    async fetch(blob, cache, signal) {
      const bytes = await readBlobObject(store, url, blob, signal)
      if (bytes === undefined) throw mismatch(whereIs(url, blob.digest), blob, 'no such object')
      await cache.add(blob, [bytes])
    },
    async store(blob, cache, signal) {
      const bytes = await cache.read(blob.digest)
      if (bytes === undefined) throw mismatch(cache.pathOf(blob.digest), blob, 'damaged or gone')
      await abortable(signal, store.put(blobKey(blob.digest), bytes, {signal}))
    },
    async lacking(blobs, signal) {
      const there = await sizes(store, blobPrefix, signal)
      return blobs.filter(({digest, size}) => there.get(blobKey(digest)) !== size)
    },
  }
}

/** What a digest names there: a manifest, tagged or not. */
export async function findManifest(
  store: ObjectStore,
  url: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<Descriptor | undefined> {
  const key = blobKey(digest)
  const size = (await sizes(store, key, signal)).get(key)
  if (size === undefined || size > largestManifest) return undefined
  const bytes = await readBlobObject(store, url, {digest, size}, signal)
  if (bytes === undefined || !isArtifact(bytes)) return undefined
  return {mediaType: mediaTypes.manifest, digest, size}
}

/** Asked once more where the bytes are wrong: what was damaged on the way comes right the second time. */
export async function readBlobObject(
  store: ObjectStore,
  url: string,
  blob: BlobName,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  for (let tries = 1; ; tries++) {
    const found = await abortable(signal, store.get(blobKey(blob.digest), {signal}))
    if (found === undefined) return undefined
    const digest = sha256(found.bytes)
    if (digest === blob.digest && found.bytes.byteLength === blob.size) {
      return Buffer.from(found.bytes.buffer, found.bytes.byteOffset, blob.size)
    }
    if (tries === 2) throw mismatch(whereIs(url, blob.digest), blob, digest)
  }
}

/** Sizes by key. One listing tells of a thousand blobs: fewer requests than asking for each. */
async function sizes(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const objects = await listObjects(store, prefix, signal)
  return new Map(objects.map(({key, size}) => [key, size]))
}

function whereIs(url: string, digest: Digest): string {
  return `${blobKey(digest)} in ${url}`
}
