import {blobFilesIn, filesIn, type BlobFile} from '../blobs/files.ts'
import type {Cache} from '../cache.ts'
import {linkFolders} from './links.ts'

export interface CacheSize {
  readonly blobs: number
  /** Bytes on disk: a blob and its names for people count once where they are one file. */
  readonly bytes: number
}

export async function cacheSize(cache: Cache): Promise<CacheSize> {
  const blobs = await blobFilesIn(cache.folder)
  const files = new Map([...blobs, ...(await linkFiles(cache))].map(({id, size}) => [id, size]))
  return {blobs: blobs.length, bytes: [...files.values()].reduce((sum, size) => sum + size, 0)}
}

/** The names for people. */
export async function linkFiles(cache: Cache): Promise<BlobFile[]> {
  return (await Promise.all(linkFolders(cache.folder).map(filesIn))).flat()
}
