import {createHash} from 'node:crypto'
import {access, constants, copyFile, lstat, mkdir, open, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'
import {hasErrno, SquizzleError} from '../../errors.ts'
import {explainReadError} from '../../files/read.ts'
import {explainWriteError, temporaryPath} from '../../files/write.ts'
import type {BlobName} from '../cache.ts'
import {checkBlob} from './read.ts'

/** Nobody edits a blob; `oras` leaves them so too. */
const mode = 0o444

/** Stores what arrives at a blob's path, whole or not at all. @throws INTEGRITY, NOT_WRITABLE */
export async function storeBlob(
  path: string,
  blob: BlobName,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  await intoPlace(path, async (temporary) => {
    const hash = createHash('sha256')
    let size = 0
    const file = await open(temporary, 'wx', mode)
    try {
      for await (const chunk of chunks) {
        size += chunk.byteLength
        if (size > blob.size) throw mismatch('what arrived', blob, `more than ${blob.size} bytes`)
        hash.update(chunk)
        await file.writeFile(chunk)
      }
      const digest = `sha256:${hash.digest('hex')}`
      if (size !== blob.size) throw mismatch('what arrived', blob, `${size} bytes`)
      if (digest !== blob.digest) throw mismatch('what arrived', blob, digest)
      await file.datasync()
    } finally {
      await file.close()
    }
  })
}

/**
 * Copies a file to a blob's path, sharing its blocks where the file system can. The copy is what is
 * checked: damage to the source afterwards cannot reach it.
 * @throws INTEGRITY naming the source, NOT_WRITABLE
 */
export async function copyBlob(path: string, blob: BlobName, source: string): Promise<void> {
  await expectFile(source, blob)
  await intoPlace(path, async (temporary) => {
    await copyFile(source, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    if ((await checkBlob(temporary, blob)) !== 'intact') throw mismatch(source, blob, 'other bytes')
    await flush(temporary)
  })
}

async function expectFile(source: string, blob: BlobName): Promise<void> {
  const found = await lstat(source).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) throw mismatch(source, blob, 'no such file')
    throw explainReadError(error, source)
  })
  if (!found.isFile()) throw mismatch(source, blob, 'not a file')
  if (found.size !== blob.size) throw mismatch(source, blob, `${found.size} bytes`)
  await access(source, constants.R_OK).catch((error: unknown) => {
    throw explainReadError(error, source)
  })
}

/** Takes away whatever is at a blob's path. */
export async function removeBlob(path: string): Promise<void> {
  await rm(path, {recursive: true, force: true}).catch((error: unknown) => {
    throw explainWriteError(error, path)
  })
}

/** Fills a temporary file beside the path, then renames it there: a blob is never seen half-written. */
async function intoPlace(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await mkdir(dirname(path), {recursive: true})
    await fill(temporary)
    await replace(temporary, path)
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => undefined)
    throw explainWriteError(error, path)
  }
}

/** A rename replaces a file or a link, but not a folder that something put there. */
async function replace(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path)
  } catch (error) {
    if (!hasErrno(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST')) throw error
    await removeBlob(path)
    await rename(temporary, path)
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** @param where the file or place that the bytes came from. */
export function mismatch(where: string, blob: BlobName, found: string): SquizzleError {
  return new SquizzleError('INTEGRITY', `${where} is not the blob ${blob.digest}: ${found}`, {
    hint: 'It is damaged or was changed; fetch or push it again from where it is intact.',
    details: {digest: blob.digest, size: blob.size, found},
  })
}
