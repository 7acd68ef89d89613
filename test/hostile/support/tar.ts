import {Header} from 'tar'

/** Where each field of a ustar header is: offset and length in bytes (POSIX.1-1988). */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 6],
  version: [263, 2],
  uname: [265, 32],
  gname: [297, 32],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
  rest: [500, 12],
} as const

export type Fields = Partial<Record<keyof typeof fields, string | Buffer>>

const block = 512

/** The two empty blocks with which a tar ends. */
export const end = Buffer.alloc(2 * block)

/** The header of a plain file, with some fields of another content, and a checksum that fits all the same. */
export function header(set: Fields, size = 0): Buffer {
  const bytes = Buffer.alloc(block)
  new Header({
    path: 'x',
    size,
    type: 'File',
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
  }).encode(bytes, 0)
  const {checksum, ...others} = set
  for (const [field, value] of Object.entries(others)) write(bytes, field as keyof Fields, value)
  write(bytes, 'checksum', checksum ?? checksumOf(bytes))
  return bytes
}

function write(bytes: Buffer, field: keyof Fields, value: string | Buffer): void {
  const [at, length] = fields[field]
  bytes.fill(0, at, at + length)
  Buffer.from(value).copy(bytes, at, 0, length)
}

function checksumOf(bytes: Buffer): string {
  const copy = Buffer.from(bytes).fill(' ', 148, 156)
  const sum = copy.reduce((total, byte) => total + byte, 0)
  return `${sum.toString(8).padStart(6, '0')} \0`
}

/** Content filled up to whole blocks. */
export function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)])
}

export function entry(set: Fields, content: string | Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([header(set, bytes.length), padded(bytes)])
}

/** A plain file. A path above 100 bytes stands in two fields, cut at its first slash that lets both fit. */
export function file(path: string, content: string | Buffer = ''): Buffer {
  if (Buffer.byteLength(path) <= 100) return entry({name: path}, content)
  const cut = [...path.matchAll(/\//g)]
    .map(({index}) => index)
    .find((at) => path.length - at <= 101)
  if (cut === undefined || cut > 155) throw new Error('the path fits no ustar header')
  return entry({prefix: path.slice(0, cut), name: path.slice(cut + 1)}, content)
}

export const symlink = (name: string, link: string): Buffer => entry({name, link, type: '2'})
export const hardlink = (name: string, link: string): Buffer => entry({name, link, type: '1'})
export const folder = (name: string): Buffer => entry({name, type: '5', mode: '0000755\0'})

/** Records of a pax header, before the entry that they are about. */
export function pax(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`
    let length = Buffer.byteLength(rest)
    while (String(length).length + Buffer.byteLength(rest) > length) length += 1
    return `${length}${rest}`
  })
  return entry({name: 'PaxHeader/x', type}, lines.join(''))
}

/** GNU tar's way for a name, or for the target of a link, that a header has no room for. */
export function gnuLong(kind: 'L' | 'K', value: string): Buffer {
  return entry({name: '././@LongLink', type: kind}, `${value}\0`)
}

export function tarOf(...entries: readonly Buffer[]): Buffer {
  return Buffer.concat([...entries, end])
}
