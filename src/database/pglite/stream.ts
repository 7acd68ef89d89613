import {Duplex} from 'node:stream'
import type {PGlite} from '@electric-sql/pglite'
import {copyFail} from '../client/wire.ts'

/** First byte of a simple query. */
const query = 'Q'.charCodeAt(0)

/**
 * The embedded database as the socket that pg's client expects: what is written goes in as protocol
 * messages, what it answers comes out.
 */
export class PgliteStream extends Duplex {
  readonly #database: PGlite

  constructor(database: PGlite) {
    super()
    this.#database = database
  }

  connect(): void {
    process.nextTick(() => this.emit('connect'))
  }

  setNoDelay(): void {}

  setKeepAlive(): void {}

  ref(): void {}

  unref(): void {}

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    // a COPY ... FROM STDIN would wait for data for ever, in this very thread: its refusal goes in with
    // the query, and is ignored by any other one
    const messages = chunk[0] === query ? Buffer.concat([chunk, copyFail()]) : chunk
    // the bytes are in memory that the next answer overwrites
    const onRawData = (data: Uint8Array) => this.push(Buffer.from(data))
    this.#database.execProtocolRawStream(messages, {onRawData}).then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    )
  }

  override _final(done: () => void): void {
    this.push(null)
    done()
  }
}
