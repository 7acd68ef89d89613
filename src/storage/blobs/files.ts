import {lstat, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {blobFolder} from './path.ts'

/** A file of a cache or layout; two names of one file have one id. */
export interface BlobFile {
  readonly path: string
  readonly name: string
  readonly id: string
  /** Bytes. */
  readonly size: number
  /** When its content was written. */
  readonly modified: Date
}

/** Whatever stands where a blob could, finished ones only. @param folder of a cache, of a layout */
export async function blobFilesIn(folder: string): Promise<BlobFile[]> {
  const files = await filesIn(blobFolder(folder))
  return files.filter(({name}) => /^[0-9a-f]{64}$/.test(name))
}

/** None, where there is no such folder. */
export async function filesIn(folder: string): Promise<BlobFile[]> {
  const names = await readdir(folder).catch(() => [])
  const found = names.map(async (name) => {
    const path = join(folder, name)
    // gone since it was listed: another process clears, too
    const stat = await lstat(path).catch(() => undefined)
    if (stat === undefined) return undefined
    return {path, name, id: `${stat.dev}:${stat.ino}`, size: stat.size, modified: stat.mtime}
  })
  return (await Promise.all(found)).filter((file) => file !== undefined)
}
