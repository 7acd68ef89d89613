import {randomUUID} from 'node:crypto'
import {link, mkdir, open, rename, rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {hasErrno, SquizzleError} from '../errors.ts'

/** Marks files that a killed process may have left behind; a sweep by age may remove them. */
export const temporaryPrefix = '.tmp-'

export interface WriteOptions {
  /** Permission bits before the umask. */
  readonly mode?: number
  /** Leave a file that is there alone. */
  readonly ifAbsent?: boolean
}

/**
 * Writes a whole file or nothing: a temporary file in the same folder, flushed, then renamed.
 * @returns false where `ifAbsent` found a file.
 * @throws NOT_WRITABLE
 */
export async function writeFileWhole(
  path: string,
  bytes: string | Uint8Array,
  {mode = 0o644, ifAbsent = false}: WriteOptions = {},
): Promise<boolean> {
  const temporary = temporaryPath(path)
  try {
    await mkdir(dirname(path), {recursive: true})
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(bytes)
      await file.datasync()
    } finally {
      await file.close()
    }
    return await moveIntoPlace(temporary, path, ifAbsent)
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => undefined)
    throw explainWriteError(error, path)
  }
}

export function temporaryPath(path: string): string {
  return join(dirname(path), `${temporaryPrefix}${basename(path)}-${randomUUID()}`)
}

async function moveIntoPlace(temporary: string, path: string, ifAbsent: boolean): Promise<boolean> {
  if (!ifAbsent) {
    await rename(temporary, path)
    return true
  }
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(temporary, {force: true})
  }
}

/** A system error of writing, said so that a person knows what to do; others as they are. */
export function explainWriteError(error: unknown, path: string): unknown {
  if (hasErrno(error, 'ENOSPC', 'EDQUOT')) {
    return new SquizzleError('NOT_WRITABLE', `no space left to write ${path}`, {
      hint: 'Free some space, or name another folder with SQUIZZLE_CACHE_DIR.',
      cause: error,
    })
  }
  if (hasErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR')) {
    return new SquizzleError('NOT_WRITABLE', `cannot write ${path}`, {
      hint: 'Mount a writable folder there, or name another one with SQUIZZLE_CACHE_DIR.',
      cause: error,
    })
  }
  return error
}
