import {lstat, rm} from 'node:fs/promises'
import {isDigest, type Digest} from '../../artifact/digest.ts'
import {withLockFile} from '../../files/lock.ts'
import {blobPath} from '../blobs/path.ts'
import {readBlob} from '../blobs/read.ts'
import {mismatch} from '../blobs/write.ts'
import {largestManifest} from '../descriptors.ts'
import type {UnusedBlobs, UnusedOptions} from '../storage.ts'
import {reachable} from '../transfer/reachable.ts'
import {blobFilesIn} from '../blobs/files.ts'
import {readIndex, tagOf} from './tag-index.ts'
import {indexLock, lostLock} from './tags.ts'

/**
 * Removes what nothing in the index needs, while no tag can be set: a push that relies on an old blob looks for it again
 * under the same lock, and copies what has gone.
 */
export async function removeUnusedFiles(
  folder: string,
  {olderThan, dryRun, withoutTags}: UnusedOptions,
  signal: AbortSignal,
): Promise<UnusedBlobs> {
  const oldest = Date.now() - olderThan
  const removed: {digest: Digest; size: number}[] = []
  const work = async (stillHeld: () => Promise<boolean>) => {
    const used = await usedBlobs(folder, new Set(withoutTags))
    for (const {name, path, size, modified} of await blobFilesIn(folder)) {
      const digest = `sha256:${name}`
      if (!isDigest(digest) || used.has(digest) || modified.getTime() > oldest) continue
      signal.throwIfAborted()
      if (!dryRun && !(await stillHeld())) throw lostLock(indexLock(folder))
      if (!dryRun) await rm(path, {force: true})
      removed.push({digest, size})
    }
  }
  if (dryRun) await work(async () => true)
  else await withLockFile(indexLock(folder), work, {signal})
  return {
    blobs: removed.map(({digest}) => digest),
    bytes: removed.reduce((sum, {size}) => sum + size, 0),
  }
}

/** Also what other tools keep in the same layout, tagged or not. */
async function usedBlobs(
  folder: string,
  without: ReadonlySet<string>,
): Promise<ReadonlySet<Digest>> {
  const {manifests} = await readIndex(folder)
  const roots = manifests
    .filter((entry) => !without.has(tagOf(entry) ?? ''))
    .map(({digest}) => digest)
    .filter(isDigest)
  return reachable(roots, async (digest) => {
    const path = blobPath(folder, digest)
    const size = (await lstat(path).catch(() => undefined))?.size ?? Infinity
    if (size > largestManifest) return undefined
    const found = await readBlob(path, digest)
    if (found === 'damaged') throw mismatch(path, {digest, size}, 'other content')
    return found === 'absent' ? undefined : found
  })
}
