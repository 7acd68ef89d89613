import {constants, open, type FileHandle} from 'node:fs/promises'
import {hasErrno, SquizzleError} from '../errors.ts'

/** Bytes at a time: large enough to keep a disk busy, small enough to have many. */
export const pieceSize = 256 * 1024

/** A file's bytes from its beginning; closes it. @throws the signal's reason */
export async function* readPieces(
  file: FileHandle,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for (let position = 0; ;) {
      signal?.throwIfAborted()
      const piece = Buffer.allocUnsafe(pieceSize)
      const {bytesRead} = await file.read(piece, 0, pieceSize, position)
      if (bytesRead === 0) return
      position += bytesRead
      yield piece.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** A file that a person named, open. */
export interface NamedFile {
  /** Bytes. */
  readonly size: number
  /** To be read once, or let go; either closes the file. */
  readonly chunks: AsyncGenerator<Buffer, void, undefined>
}

/**
 * Opens a file that a person named; a link may lead to it.
 * @throws USAGE where there is none, or something else; PERMISSION_DENIED
 */
export async function openNamedFile(path: string, signal?: AbortSignal): Promise<NamedFile> {
  // without waiting for the other end of a pipe
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      if (hasErrno(error, 'ENOENT', 'ENOTDIR')) throw unfit(`there is no file ${path}`, path, error)
      if (hasErrno(error, 'ENXIO', 'EISDIR')) throw unfit(`${path} is not a file`, path, error)
      throw explainReadError(error, path)
    },
  )
  const found = await file.stat()
  if (found.isFile()) return {size: found.size, chunks: readPieces(file, signal)}
  await file.close()
  throw unfit(`${path} is not a file`, path)
}

function unfit(message: string, path: string, cause?: unknown): SquizzleError {
  return new SquizzleError('USAGE', message, {hint: 'Check the name.', details: {path}, cause})
}

/** A system error of reading, said so that a person knows what to do; others as they are. */
export function explainReadError(error: unknown, path: string): unknown {
  if (!hasErrno(error, 'EACCES', 'EPERM')) return error
  return new SquizzleError('PERMISSION_DENIED', `cannot read ${path}`, {
    hint: 'Let this user read it.',
    details: {path},
    cause: error,
  })
}
