import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {explainWriteError} from './write.ts'

/** Runs the work with a new folder that only this user can read, and removes it after, come what may. */
export async function withTempDir<T>(
  work: (folder: string) => Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  const prefix = join(parent, 'squizzle-')
  const folder = await mkdtemp(prefix).catch((error: unknown) => {
    throw explainWriteError(error, parent)
  })
  try {
    return await work(folder)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
