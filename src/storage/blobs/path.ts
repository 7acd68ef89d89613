import {join} from 'node:path'
import {hexOf, type Digest} from '../../artifact/digest.ts'

/** Where the blobs are in a folder laid out as OCI does: a cache, a local storage. */
export function blobFolder(folder: string): string {
  return join(folder, 'blobs', 'sha256')
}

export function blobPath(folder: string, digest: Digest): string {
  return join(blobFolder(folder), hexOf(digest))
}
