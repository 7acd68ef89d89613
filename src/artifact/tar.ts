import type {Header} from 'tar'
import {SquizzleError} from '../errors.ts'

/** A regular file of a tar, in memory. */
export interface TarEntry {
  readonly path: string
  readonly bytes: Uint8Array
}

/** The unit of the tar format, in bytes. */
const block = 512

/** Bytes of the tar that `encodeTar` makes of files of these sizes. */
export function tarSize(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + block + padded(size), 2 * block)
}

/** A ustar of regular files in the order given, with nothing in it that varies: equal files, equal bytes. */
export async function encodeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const {Header} = await import('tar')
  const tar = Buffer.alloc(tarSize(entries.map(({bytes}) => bytes.length)))
  let at = 0
  for (const {path, bytes} of entries) {
    encodeHeader(Header, path, bytes.length).copy(tar, at)
    tar.set(bytes, at + block)
    at += block + padded(bytes.length)
  }
  return tar
}

/**
 * The entries of a tar that `encodeTar` could have made. Everything else is refused whole: links, devices, long-name
 * and pax records, owners, other modes, padding that is not zero, bytes after the end.
 * @throws INTEGRITY
 */
export async function decodeTar(tar: Buffer): Promise<TarEntry[]> {
  const {Header} = await import('tar')
  const entries: TarEntry[] = []
  let at = 0
  while (at + block <= tar.length && !isZero(tar.subarray(at, at + block))) {
    const head = tar.subarray(at, at + block)
    const {path = '', size = -1} = new Header(tar, at)
    const end = at + block + size
    if (size < 0 || end > tar.length) throw refuse('it is cut short')
    if (!head.equals(encodeHeader(Header, path, size))) {
      throw refuse(`${JSON.stringify(path)} is not a plain file entry`)
    }
    entries.push({path, bytes: tar.subarray(at + block, end)})
    at += block + padded(size)
    if (!isZero(tar.subarray(end, at))) throw refuse('its padding is not empty')
  }
  if (tar.length !== at + 2 * block || !isZero(tar.subarray(at))) {
    throw refuse('it does not end with two empty blocks')
  }
  return entries
}

function encodeHeader(TarHeader: typeof Header, path: string, size: number): Buffer {
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
  if (needsPax) throw refuse(`${JSON.stringify(path)} does not fit a plain tar header`)
  return header
}

function padded(size: number): number {
  return Math.ceil(size / block) * block
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function refuse(why: string): SquizzleError {
  return new SquizzleError('INTEGRITY', `the layer is not a squizzle layer: ${why}`, {
    hint: 'It was not built by squizzle, or it was changed after.',
  })
}
