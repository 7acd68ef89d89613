/** Reads a stream of bytes by count. */
export interface ByteReader {
  /** The next bytes, fewer where the source ends before. */
  take(count: number): Promise<Buffer>
  /** The same piece by piece, so that they need not fit into memory. */
  pieces(count: number): AsyncGenerator<Buffer>
  /** Lets the source go, wherever it stands. */
  close(): Promise<void>
}

/** Pieces of bytes, as files, archives and unpacking give them. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Makes an error of what is wrong with bytes, naming what they belong to. */
export type Refuse = (why: string, cause?: unknown) => Error

/** The source is read only as far as asked for. */
export function byteReader(chunks: Chunks): ByteReader {
  const source =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  let rest: Buffer = Buffer.alloc(0)

  async function* pieces(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0;) {
      if (rest.length === 0) {
        const next = await source.next()
        if (next.done === true) return
        const {buffer, byteOffset, byteLength} = next.value
        rest = Buffer.from(buffer, byteOffset, byteLength)
        continue
      }
      const piece = rest.subarray(0, left)
      rest = rest.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }
  return {
    pieces,
    take: async (count) => Buffer.concat(await Array.fromAsync(pieces(count))),
    async close() {
      await source.return?.()
    },
  }
}
