import type {Descriptor} from '../../artifact/descriptor.ts'
import {sha256, type Digest} from '../../artifact/digest.ts'
import {limits} from '../../artifact/limits.ts'
import {mediaTypes} from '../../artifact/media-types.ts'
import {SquizzleError} from '../../errors.ts'
import {mismatch} from '../blobs/write.ts'
import type {BlobName} from '../cache.ts'
import {largestManifest} from '../descriptors.ts'
import {isArtifact} from '../transfer/manifest.ts'
import {abortable} from '../transfer/limits.ts'
import type {BlobSource} from '../transfer/pull.ts'
import type {BlobTarget} from '../transfer/push.ts'
import {createBudget} from './budget.ts'
import {blobKey, blobPrefix} from './keys.ts'
import {listObjects} from './listing.ts'
import type {ObjectStore} from './store.ts'

/** Bytes of the blobs that are in memory at once, one of them or several: a store takes and gives each whole. */
const inMemory = 128 * 1024 * 1024

/** Bytes: a layer of the largest size, and what gzip adds to content that it cannot compress. */
const largestBlob = limits.layer + 1024 * 1024

/** The blobs of an object store, for both directions. */
export function objectBlobs(
  store: ObjectStore,
  url: string,
  concurrency: number,
): BlobSource & BlobTarget {
  const withinBudget = createBudget(inMemory)
  return {
    url,
    concurrency,
    readManifest: (manifest, signal) => readBlobObject(store, url, manifest, signal),
    async fetch(blob, cache, signal) {
      refuseHuge(blob)
      await withinBudget(blob.size, async () => {
        const bytes = await readBlobObject(store, url, blob, signal)
        if (bytes === undefined) throw mismatch(whereIs(url, blob.digest), blob, 'no such object')
        await cache.add(blob, [bytes])
      })
    },
    async store(blob, cache, signal) {
      await withinBudget(blob.size, async () => {
        const bytes = await cache.read(blob.digest)
        if (bytes === undefined) throw mismatch(cache.pathOf(blob.digest), blob, 'damaged or gone')
        await abortable(signal, store.put(blobKey(blob.digest), bytes, {signal}))
      })
    },
    async lacking(blobs, signal) {
      const there = await sizes(store, blobPrefix, signal)
      return blobs.filter(({digest, size}) => there.get(blobKey(digest)) !== size)
    },
  }
}

/** @throws TOO_LARGE */
function refuseHuge({digest, size}: Descriptor): void {
  if (size <= largestBlob) return
  throw new SquizzleError('TOO_LARGE', `the blob ${digest} has ${size} bytes`, {
    hint: 'A layer has 512 MiB at most: this is no artifact of squizzle.',
    details: {digest, size},
  })
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
