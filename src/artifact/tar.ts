import type {Header} from 'tar'
import {SquizzleError} from '../errors.ts'
import {byteReader, type ByteReader, type Chunks, type Refuse} from './bytes.ts'
import {limits} from './limits.ts'

/** A regular file to be packed. */
export interface TarEntry {
  readonly path: string
  /** Bytes of its content. */
  readonly size: number
  readonly content: Chunks
}

/** A regular file met in a tar. Its content can be read once, before the next one is asked for. */
export interface TarFile extends TarEntry {
  /** Where its content begins in the tar. */
  readonly at: number
  readonly content: AsyncIterable<Buffer>
}

/** The unit of the tar format, in bytes. */
const block = 512
const zeros = Buffer.alloc(block)

/** Bytes of the tar that `encodeTar` makes of files of these sizes. */
export function tarSize(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + block + padded(size), 2 * block)
}

/** A ustar of regular files in the order given, with nothing in it that varies: equal files, equal bytes. */
export async function* encodeTar(
  entries: Iterable<TarEntry>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const {Header} = await import('tar')
  for (const {path, size, content} of entries) {
    const header = encodeHeader(Header, path, size)
    if (!header) throw new Error(`${JSON.stringify(path)} does not fit a plain tar header`)
    yield header
    let written = 0
    for await (const piece of content) {
      written += piece.length
      yield piece
    }
    if (written !== size) throw new Error(`${path} has ${written} bytes, not ${size}`)
    yield zeros.subarray(0, padded(size) - size)
  }
  yield Buffer.alloc(2 * block)
}

/**
 * The files of a tar that `encodeTar` could have made, one at a time. Anything else is refused: links, devices, folders,
 * long-name and pax records, owners, other modes, padding that is not zero, bytes after the end.
 */
export async function* readTar(
  chunks: Chunks,
  refuse: Refuse,
): AsyncGenerator<TarFile, void, undefined> {
  const reader = byteReader(chunks)
  try {
    yield* readEntries(reader, refuse)
  } finally {
    await reader.close()
  }
}

async function* readEntries(
  reader: ByteReader,
  refuse: Refuse,
): AsyncGenerator<TarFile, void, undefined> {
  const {Header} = await import('tar')
  let at = 0
  for (let count = 0; ; count++) {
    const head = await reader.take(block)
    at += block
    if (head.length < block) throw refuse('it is cut short')
    if (head.equals(zeros)) break
    if (count === limits.entries) throw tooMany(refuse)
    const {path, size} = parseHeader(Header, head, refuse)
    let left = size
    const content = async function* () {
      for await (const piece of reader.pieces(size)) {
        left -= piece.length
        yield piece
      }
    }
    yield {path, size, at, content: content()}
    for await (const piece of reader.pieces(left)) left -= piece.length
    const padding = await reader.take(padded(size) - size)
    if (left > 0 || padding.length < padded(size) - size) throw refuse('it is cut short')
    if (!padding.equals(zeros.subarray(0, padding.length))) throw refuse('its padding is not empty')
    at += padded(size)
  }
  const end = await reader.take(block + 1)
  if (!end.equals(zeros)) throw refuse('it does not end with two empty blocks')
}

/** Whatever a header says beyond path and size makes other bytes of it than those two alone would. */
function parseHeader(
  TarHeader: typeof Header,
  head: Buffer,
  refuse: Refuse,
): {readonly path: string; readonly size: number} {
  try {
    const {path = '', size = -1} = new TarHeader(head, 0)
    if (Number.isSafeInteger(size) && encodeHeader(TarHeader, path, size)?.equals(head)) {
      return {path, size}
    }
    throw refuse(`${JSON.stringify(path.slice(0, 200))} is not a plain file entry`)
  } catch (error) {
    if (error instanceof SquizzleError) throw error
    throw refuse('it holds what is not a tar header', error)
  }
}

/** Undefined where path or size need more than a plain header. */
function encodeHeader(TarHeader: typeof Header, path: string, size: number): Buffer | undefined {
  if (size < 0) return undefined
  const header = Buffer.alloc(block)
  const needsPax = new TarHeader({
    path,
    size,
    type: 'File',
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    mtime: new Date(0),
  }).encode(header, 0)
  return needsPax ? undefined : header
}

function padded(size: number): number {
  return Math.ceil(size / block) * block
}

function tooMany(refuse: Refuse): SquizzleError {
  const {message} = refuse(`it holds more than ${limits.entries} files`)
  return new SquizzleError('TOO_LARGE', message, {hint: 'Do not use it.'})
}
