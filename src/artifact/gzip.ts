import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import zlib from 'node:zlib'
import {hasErrno} from '../errors.ts'
import {byteReader, type ByteReader, type Chunks, type Refuse} from './bytes.ts'

/** Bytes of a gzip header without any optional field, and of the checksum and length at the end (RFC 1952). */
const headerSize = 10
const trailerSize = 8

/** The one optional field that is passed over: `gzip` writes the file's name there. */
const nameFlag = 8
const longestName = 255

const wrongEnd = 'it does not end where it should'

/**
 * Unpacks a gzip file of one member, piece by piece, and holds it to its end: Node's own gunzip takes further members
 * and passes over what else follows.
 * @param size bytes of the whole file.
 */
export async function* gunzip(
  chunks: Chunks,
  size: number,
  refuse: Refuse,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = byteReader(chunks)
  try {
    yield* unpack(reader, size, refuse)
  } finally {
    await reader.close()
  }
}

async function* unpack(
  reader: ByteReader,
  size: number,
  refuse: Refuse,
): AsyncGenerator<Buffer, void, undefined> {
  const body = size - (await skipHeader(reader, refuse)) - trailerSize
  if (body < 0) throw refuse('it is cut short')
  let checksum = 0
  let length = 0
  const inflate = zlib.createInflateRaw({chunkSize: 64 * 1024})
  const feeding = pipeline(Readable.from(reader.pieces(body), {objectMode: false}), inflate)
  // told by `inflate` too, or of no account because nobody listens any more
  feeding.catch(() => undefined)
  try {
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      checksum = zlib.crc32(piece, checksum)
      length += piece.length
      yield piece
    }
    await feeding
  } catch (error) {
    // ended before all was written to it
    if (hasErrno(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw refuse(wrongEnd, error)
    throw isFromZlib(error) ? refuse('it does not unpack', error) : error
  }
  const trailer = await reader.take(trailerSize)
  if (inflate.bytesWritten !== body || trailer.length < trailerSize) {
    throw refuse(wrongEnd)
  }
  if (trailer.readUInt32LE(0) !== checksum || trailer.readUInt32LE(4) !== length % 2 ** 32) {
    throw refuse('its checksum is wrong')
  }
}

/** @returns its bytes. */
async function skipHeader(reader: ByteReader, refuse: Refuse): Promise<number> {
  const header = await reader.take(headerSize)
  const isGzip = header.length === headerSize && header.readUInt32BE(0) >>> 8 === 0x1f8b08
  const flags = header[3]
  if (!isGzip || (flags !== 0 && flags !== nameFlag)) throw refuse('it is not a gzip file')
  if (flags === 0) return headerSize
  for (let length = 1; length <= longestName + 1; length++) {
    const [byte] = await reader.take(1)
    if (byte === 0) return headerSize + length
  }
  throw refuse('it is not a gzip file')
}

function isFromZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

/** Packs as `packLayer` does: equal bytes, equal file. */
export async function* gzip(chunks: Chunks): AsyncGenerator<Buffer, void, undefined> {
  const deflate = zlib.createGzip({level: 6})
  const feeding = pipeline(Readable.from(chunks, {objectMode: false}), deflate)
  feeding.catch(() => undefined)
  let isFirst = true
  for await (const piece of deflate as AsyncIterable<Buffer>) {
    if (isFirst) sayUnix(piece)
    isFirst = false
    yield piece
  }
  await feeding
}

/** The header's "operating system" says Unix everywhere: the bytes should not tell who made them. */
export function sayUnix(gzipped: Buffer): void {
  gzipped[9] = 3
}
