import {randomUUID} from 'node:crypto'
import {constants, copyFile, link, mkdir, open, rename, rm} from 'node:fs/promises'
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
 * Writes a whole file or nothing: a temporary file in the same folder, flushed, then renamed; after a
 * power cut the old file or the new one is there.
 * @returns false where `ifAbsent` found a file.
 * @throws NOT_WRITABLE
 */
export async function writeFileWhole(
  path: string,
  bytes: string | Uint8Array | AsyncIterable<Uint8Array>,
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
    const written = await moveIntoPlace(temporary, path, ifAbsent)
    await syncFolder(dirname(path))
    return written
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
    await linkOrCopy(temporary, path)
    return true
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(temporary, {force: true})
  }
}

/** Gives a file a second name, or a copy where the file system has no links; never replaces (EEXIST). */
export async function linkOrCopy(path: string, second: string): Promise<void> {
  try {
    await link(path, second)
  } catch (error) {
    if (!isLinkRefused(error)) throw error
    await copyFile(path, second, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  }
}

/** Whether a hard link failed because of where it should be made, and not because of what is there. */
export function isLinkRefused(error: unknown): boolean {
  return hasErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK')
}

/** Makes renames in a folder survive a power cut, on systems where a folder can be flushed. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!hasErrno(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'EBADF', 'ENOTSUP')) throw error
  }
}

/** A system error of writing, said so that a person knows what to do; others as they are. */
export function explainWriteError(error: unknown, path: string): unknown {
  if (hasErrno(error, 'ENOSPC', 'EDQUOT')) {
    return new SquizzleError('NOT_WRITABLE', `no space left to write ${path}`, {
      hint: 'Free some space there, or name another folder.',
      details: {path},
      cause: error,
    })
  }
  if (hasErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST')) {
    return new SquizzleError('NOT_WRITABLE', `cannot write ${path}`, {
      hint: 'Make the folder writable, mount a writable one there, or name another.',
      details: {path},
      cause: error,
    })
  }
  return error
}
