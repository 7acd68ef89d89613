import {access, constants} from 'node:fs/promises'
import {dirname} from 'node:path'
import {hasErrno} from '../errors.ts'

/** The first of the folders that can't be written; one that is absent is made in its nearest parent. */
export async function firstUnwritable(folders: readonly string[]): Promise<string | undefined> {
  for (const path of new Set(await Promise.all(folders.map(nearestThere)))) {
    const refused = await access(path, constants.W_OK | constants.X_OK).then(
      () => false,
      () => true,
    )
    if (refused) return path
  }
  return undefined
}

async function nearestThere(path: string): Promise<string> {
  const there = await access(path).then(
    () => true,
    (error: unknown) => !hasErrno(error, 'ENOENT'),
  )
  return there || dirname(path) === path ? path : nearestThere(dirname(path))
}
