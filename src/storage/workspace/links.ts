import {lstat, mkdir, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Digest} from '../../artifact/digest.ts'
import type {Version} from '../../artifact/version.ts'
import {hasErrno} from '../../errors.ts'
import {explainWriteError, linkOrCopy, temporaryPath} from '../../files/write.ts'
import {checkBlob} from '../blobs/read.ts'
import type {Cache} from '../cache.ts'

export interface ArtifactLinks {
  readonly version: Version
  readonly manifest: Digest
  readonly layers: readonly {readonly version: Version; readonly digest: Digest}[]
}

/**
 * Names an artifact's blobs for people: `artifacts/<version>.tar.gz` and `manifests/<version>.json`. Blobs
 * that the cache lacks are passed over; the latest writer wins. Nothing ever reads these files.
 * @throws NOT_WRITABLE
 */
export async function linkArtifact(cache: Cache, artifact: ArtifactLinks): Promise<void> {
  await linkBlob(cache, artifact.manifest, manifestLink(cache, artifact.version))
  for (const {version, digest} of artifact.layers) {
    await linkBlob(cache, digest, layerLink(cache, version))
  }
}

export function linkFolders(cache: string): string[] {
  return [join(cache, 'artifacts'), join(cache, 'manifests')]
}

function layerLink(cache: Cache, version: Version): string {
  return join(cache.folder, 'artifacts', `${version}.tar.gz`)
}

function manifestLink(cache: Cache, version: Version): string {
  return join(cache.folder, 'manifests', `${version}.json`)
}

async function linkBlob(cache: Cache, digest: Digest, path: string): Promise<void> {
  const blob = cache.pathOf(digest)
  if (await isSameFile(blob, path)) return
  // a copy, where the file system has no links
  if ((await checkBlob(path, {digest})) === 'intact') return
  const temporary = temporaryPath(path)
  try {
    await mkdir(dirname(path), {recursive: true})
    await linkOrCopy(blob, temporary)
    await rename(temporary, path)
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw explainWriteError(error, path)
  } finally {
    // a rename between two names of one file leaves both
    await rm(temporary, {force: true})
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => lstat(path).catch(() => undefined)))
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino
}
