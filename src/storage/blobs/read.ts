import {createHash} from 'node:crypto'
import {constants, open, type FileHandle} from 'node:fs/promises'
import {sha256, type Digest} from '../../artifact/digest.ts'
import {hasErrno, SquizzleError} from '../../errors.ts'
import {explainReadError, pieceSize, readPieces} from '../../files/read.ts'
import type {BlobName} from '../cache.ts'

/** What is found where a blob should be. A link, a folder or anything but a file is damage too. */
export type BlobState = 'intact' | 'damaged' | 'absent'

/** Bytes. What is read whole is far below (a config has 16 MiB at most): more is not a blob of ours. */
const largestWhole = 1024 ** 3

/** Never through a link, and never waiting for the other end of a pipe. */
const safely = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The bytes of a blob's file, checked against its digest. @throws PERMISSION_DENIED */
export async function readBlob(
  path: string,
  digest: Digest,
): Promise<Buffer | 'damaged' | 'absent'> {
  return withBlob(path, async (file, size) => {
    if (size > largestWhole) return 'damaged'
    const bytes = await file.readFile()
    return sha256(bytes) === digest ? bytes : 'damaged'
  })
}

/** Hashes a blob's file piece by piece. @throws PERMISSION_DENIED, the signal's reason */
export async function checkBlob(
  path: string,
  {digest, size}: Pick<BlobName, 'digest'> & Partial<BlobName>,
  signal?: AbortSignal,
): Promise<BlobState> {
  return withBlob(path, async (file, found) => {
    if (size !== undefined && found !== size) return 'damaged'
    return (await digestOf(file, signal)) === digest ? 'intact' : 'damaged'
  })
}

/** A blob's bytes as they are now, from when the first ones are asked for. @throws PERMISSION_DENIED, INTEGRITY */
export async function* readBlobPieces(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await openBlob(path)
  if (typeof file === 'string') {
    throw new SquizzleError('INTEGRITY', `${path} is ${file}`, {hint: 'Run it again.'})
  }
  yield* readPieces(file)
}

async function withBlob<T>(
  path: string,
  work: (file: FileHandle, size: number) => Promise<T>,
): Promise<T | 'damaged' | 'absent'> {
  const file = await openBlob(path)
  if (typeof file === 'string') return file
  try {
    const found = await file.stat()
    return found.isFile() ? await work(file, found.size) : 'damaged'
  } finally {
    await file.close()
  }
}

async function openBlob(path: string): Promise<FileHandle | 'damaged' | 'absent'> {
  try {
    return await open(path, safely)
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return 'absent'
    if (hasErrno(error, 'ELOOP', 'ENXIO', 'EISDIR')) return 'damaged'
    throw explainReadError(error, path)
  }
}

async function digestOf(file: FileHandle, signal: AbortSignal | undefined): Promise<Digest> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(pieceSize)
  for (let position = 0; ;) {
    signal?.throwIfAborted()
    const {bytesRead} = await file.read(buffer, 0, pieceSize, position)
    if (bytesRead === 0) return `sha256:${hash.digest('hex')}` as Digest
    hash.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}
