import {lstat} from 'node:fs/promises'
import {join} from 'node:path'
import {sha256, type Digest} from '../../artifact/digest.ts'
import {sweepLeftovers} from '../../files/sweep.ts'
import {blobFolder, blobPath} from '../blobs/path.ts'
import {checkBlob, readBlob, readBlobPieces} from '../blobs/read.ts'
import {takeAwayDamaged} from '../blobs/take-away.ts'
import {copyBlob, removeBlob, storeBlob} from '../blobs/write.ts'
import type {BlobName, Cache} from '../cache.ts'

export interface CacheOptions {
  /** Another cache's folder, only read: what this one lacks is copied from there when it is asked for. */
  readonly below?: string | undefined
}

/**
 * The cache of a workspace. Makes no folder before the first write.
 * @param workspace the folder that holds `cache/`: `.squizzle`.
 */
export function openCache(workspace: string, {below}: CacheOptions = {}): Cache {
  const folder = cacheFolder(workspace)
  const pathOf = (digest: Digest) => blobPath(folder, digest)
  const sweepOnce = once(() => sweepLeftovers(blobFolder(folder)))

  async function intact(blob: Pick<BlobName, 'digest'> & Partial<BlobName>, signal?: AbortSignal) {
    const path = pathOf(blob.digest)
    const state = await checkBlob(path, blob, signal)
    if (state === 'damaged') await takeAwayDamaged(path, blob.digest)
    return state === 'intact' || (await borrow(blob.digest))
  }

  async function borrow(digest: Digest): Promise<boolean> {
    if (below === undefined) return false
    const source = blobPath(below, digest)
    const size = (await lstat(source).catch(() => undefined))?.size
    if (size === undefined || (await checkBlob(source, {digest})) !== 'intact') return false
    await copyBlob(pathOf(digest), {digest, size}, source)
    return true
  }

  return {
    folder,
    pathOf,
    intact,
    async has(blob) {
      const found = await lstat(pathOf(blob.digest)).catch(() => undefined)
      return (found?.isFile() && found.size === blob.size) || (await borrow(blob.digest))
    },
    async read(digest) {
      const path = pathOf(digest)
      const found = await readBlob(path, digest)
      if (typeof found !== 'string') return found
      if (found === 'damaged') await takeAwayDamaged(path, digest)
      if (!(await borrow(digest))) return undefined
      const borrowed = await readBlob(path, digest)
      return typeof borrowed === 'string' ? undefined : borrowed
    },
    async open(blob) {
      return (await intact(blob)) ? readBlobPieces(pathOf(blob.digest)) : undefined
    },
    async write(bytes) {
      const blob = {digest: sha256(bytes), size: bytes.byteLength}
      await sweepOnce()
      if (!(await intact(blob))) await storeBlob(pathOf(blob.digest), blob, [bytes])
      return blob.digest
    },
    async add(blob, chunks) {
      await sweepOnce()
      await storeBlob(pathOf(blob.digest), blob, chunks)
    },
    async addFile(blob, path) {
      await sweepOnce()
      await copyBlob(pathOf(blob.digest), blob, path)
    },
    remove: (digest) => removeBlob(pathOf(digest)),
  }
}

export function cacheFolder(workspace: string): string {
  return join(workspace, 'cache')
}

function once(work: () => Promise<unknown>): () => Promise<unknown> {
  let running: Promise<unknown> | undefined
  return () => (running ??= work())
}
