import {lstat} from 'node:fs/promises'
import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Digest} from '../../artifact/digest.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import {mediaTypes} from '../../artifact/media-types.ts'
import {blobPath} from '../blobs/path.ts'
import {checkBlob, readBlob} from '../blobs/read.ts'
import {copyBlob, mismatch} from '../blobs/write.ts'
import {largestManifest} from '../descriptors.ts'
import {isArtifact} from '../transfer/manifest.ts'
import {inParallel} from '../transfer/parallel.ts'
import type {BlobSource} from '../transfer/pull.ts'
import type {BlobTarget} from '../transfer/push.ts'
import {makeLayout} from './layout.ts'
import {makeIndex} from './tag-index.ts'

/** Files at a time: as many as Node's file threads, and some to wait for them. */
const concurrency = 8

/** The blobs of a layout, for both directions. Everything is copied, never linked: the copies live apart. */
export function localBlobs(folder: string, url: string): BlobSource & BlobTarget {
  return {
    url,
    concurrency,
    readManifest: ({digest}) => readManifest(folder, digest),
    fetch: (blob, cache) => cache.addFile(blob, blobPath(folder, blob.digest)),
    async store(blob, cache) {
      if (await makeLayout(folder)) await makeIndex(folder)
      await copyBlob(blobPath(folder, blob.digest), blob, cache.pathOf(blob.digest))
    },
    async lacking(blobs, signal) {
      const lacking: Descriptor[] = []
      await inParallel(blobs, concurrency, async (blob) => {
        const state = await checkBlob(blobPath(folder, blob.digest), blob, signal)
        if (state !== 'intact') lacking.push(blob)
      })
      return lacking
    },
  }
}

/** What a digest names here: a manifest, tagged or not. @throws INTEGRITY naming the file */
export async function findManifest(
  folder: string,
  digest: Digest,
): Promise<Descriptor | undefined> {
  const found = await lstat(blobPath(folder, digest)).catch(() => undefined)
  if (found === undefined || found.size > largestManifest) return undefined
  const bytes = await readManifest(folder, digest)
  if (bytes === undefined || !isArtifact(bytes)) return undefined
  return {mediaType: mediaTypes.manifest, digest, size: bytes.byteLength}
}

/** The first path where a manifest or a blob of it should be and no file of the right size is. */
export async function firstMissing(
  folder: string,
  manifest: Descriptor,
): Promise<string | undefined> {
  for (const {digest, size} of await contentOf(folder, manifest)) {
    const path = blobPath(folder, digest)
    const found = await lstat(path).catch(() => undefined)
    if (!found?.isFile() || found.size !== size) return path
  }
  return undefined
}

/** The manifest and what it refers to; the manifest alone where it is not there. */
export async function contentOf(folder: string, manifest: Descriptor): Promise<Descriptor[]> {
  const bytes = await readManifest(folder, manifest.digest)
  if (bytes === undefined) return [manifest]
  const {config, layers} = parseManifest(bytes)
  return [manifest, config, ...layers]
}

/** Whether another tool's artifact is there under this descriptor. */
export async function isForeign(folder: string, manifest: Descriptor): Promise<boolean> {
  if (manifest.mediaType !== mediaTypes.manifest) return true
  const bytes = await readManifest(folder, manifest.digest)
  return bytes !== undefined && !isArtifact(bytes)
}

async function readManifest(folder: string, digest: Digest): Promise<Buffer | undefined> {
  const path = blobPath(folder, digest)
  const found = await readBlob(path, digest)
  if (found === 'damaged') throw mismatch(path, {digest, size: 0}, 'other content')
  return found === 'absent' ? undefined : found
}
