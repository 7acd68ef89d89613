import {lstat, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {blobFolder} from '../blobs/path.ts'
import type {Cache} from '../cache.ts'
import {linkFolders} from './links.ts'

export interface CacheSize {
  readonly blobs: number
  /** Bytes on disk: a blob and its names for people count once where they are one file. */
  readonly bytes: number
}

export async function cacheSize(cache: Cache): Promise<CacheSize> {
  const blobs = await blobFiles(cache)
  const files = new Map([...blobs, ...(await linkFiles(cache))].map(({id, size}) => [id, size]))
  return {blobs: blobs.length, bytes: [...files.values()].reduce((sum, size) => sum + size, 0)}
}

/** A file of the cache; two names of one file have one id. */
export interface CacheFile {
  readonly path: string
  readonly name: string
  readonly id: string
  /** Bytes. */
  readonly size: number
}

/** Whatever stands where a blob could, finished ones only. */
export async function blobFiles(cache: Cache): Promise<CacheFile[]> {
  const files = await filesIn(blobFolder(cache.folder))
  return files.filter(({name}) => /^[0-9a-f]{64}$/.test(name))
}

/** The names for people. */
export async function linkFiles(cache: Cache): Promise<CacheFile[]> {
  return (await Promise.all(linkFolders(cache.folder).map(filesIn))).flat()
}

async function filesIn(folder: string): Promise<CacheFile[]> {
  const names = await readdir(folder).catch(() => [])
  const found = names.map(async (name) => {
    const path = join(folder, name)
    // gone since it was listed: another process clears, too
    const stat = await lstat(path).catch(() => undefined)
    return stat && {path, name, id: `${stat.dev}:${stat.ino}`, size: stat.size}
  })
  return (await Promise.all(found)).filter((file) => file !== undefined)
}
