import {lstat, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {temporaryPrefix} from './write.ts'

/** Milliseconds: no write here takes as long, so an older temporary file belongs to nobody. */
const leftoverAge = 60 * 60 * 1000

/**
 * Removes what killed processes left behind in a folder. Never fails: the work does not depend on it.
 * @returns the paths removed.
 */
export async function sweepLeftovers(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const removed: string[] = []
  for (const name of names.filter((one) => one.startsWith(temporaryPrefix))) {
    const path = join(folder, name)
    const stat = await lstat(path).catch(() => undefined)
    if (stat === undefined || Date.now() - stat.mtimeMs < leftoverAge) continue
    const gone = await rm(path, {recursive: true, force: true}).then(
      () => true,
      () => false,
    )
    if (gone) removed.push(path)
  }
  return removed
}
