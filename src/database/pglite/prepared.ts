import {existsSync} from 'node:fs'
import {cp, mkdir, mkdtemp, readFile, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {hasErrno} from '../../errors.ts'
import {explainWriteError, temporaryPath, writeFileWhole} from '../../files/write.ts'

/**
 * Empty databases of the installed PGlite, made once and kept in a cache: making one takes seconds, copying
 * one a few hundred milliseconds.
 */

/**
 * Makes a database folder that does not exist, or is empty, by a copy of the prepared one. Whole or not at
 * all, so that a killed process leaves no half database behind.
 * @throws NOT_WRITABLE
 */
export async function createFromPrepared(folder: string, cacheDir: string): Promise<void> {
  const prepared = await preparedFolder(cacheDir)
  const temporary = temporaryPath(folder)
  try {
    await mkdir(dirname(folder), {recursive: true})
    await cp(prepared, temporary, {recursive: true})
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, {recursive: true, force: true})
    throw explainWriteError(error, folder)
  }
}

/** The prepared database as a tar, for one in memory. @throws NOT_WRITABLE */
export async function preparedTar(cacheDir: string): Promise<Blob> {
  const path = join(cacheDir, `${await cacheName()}.tar`)
  if (!existsSync(path)) {
    const {PGlite} = await import('@electric-sql/pglite')
    const database = await PGlite.create('memory://')
    const tar = await database.dumpDataDir('none')
    await database.close()
    await writeFileWhole(path, new Uint8Array(await tar.arrayBuffer()))
  }
  return new Blob([await readFile(path)])
}

async function preparedFolder(cacheDir: string): Promise<string> {
  const folder = join(cacheDir, await cacheName())
  if (existsSync(folder)) return folder
  const temporary = await mkdir(cacheDir, {recursive: true})
    .then(() => mkdtemp(temporaryPath(folder)))
    .catch((error: unknown) => {
      throw explainWriteError(error, folder)
    })
  try {
    const {PGlite} = await import('@electric-sql/pglite')
    const database = await PGlite.create(temporary)
    await database.close()
    await rename(temporary, folder)
  } catch (error) {
    // another process was as quick: its copy is as good
    if (!hasErrno(error, 'ENOTEMPTY', 'EEXIST')) throw explainWriteError(error, folder)
  } finally {
    await rm(temporary, {recursive: true, force: true})
  }
  return folder
}

async function cacheName(): Promise<string> {
  return `pglite-${await pgliteVersion()}`
}

/** The package exports everything but its version. */
async function pgliteVersion(): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve('@electric-sql/pglite'))
  const text = await readFile(join(dirname(entry), '../package.json'), 'utf8')
  return String((JSON.parse(text) as {version: unknown}).version)
}
