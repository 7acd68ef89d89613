import type {Notice, Row, RunListener, ServerFacts, Session, TransactionStatus} from '../session.ts'
import {copyIn} from './copy-in.ts'
import {SimpleQuery} from './simple-query.ts'
import type {WireClient} from './wire.ts'

/** What differs between a connection over the network and the embedded database. */
export interface Transport {
  readonly engine: Session['engine']
  readonly name: string
  readonly cancel: () => Promise<void>
  readonly reopen: () => Promise<Session>
  /** Ends what is behind the connection. */
  readonly close: () => Promise<void>
}

const statuses: Readonly<Record<string, TransactionStatus>> = {I: 'idle', T: 'open', E: 'failed'}

/** A session on pg's client, which has connected. */
export class ClientSession implements Session {
  readonly engine: Session['engine']
  readonly name: string
  readonly #client: WireClient
  readonly #transport: Transport
  readonly #listeners = new Set<(notice: Notice) => void>()
  #server: ServerFacts | undefined
  #lost = false
  #closed: Promise<void> | undefined

  constructor(client: WireClient, transport: Transport) {
    this.engine = transport.engine
    this.name = transport.name
    this.#client = client
    this.#transport = transport
    client.on('error', () => (this.#lost = true))
    client.on('end', () => (this.#lost = true))
    client.on('notice', (message) => this.#notify(message as Partial<Notice>))
  }

  get server(): ServerFacts {
    if (this.#server === undefined) throw new Error('the server has not been asked yet')
    return this.#server
  }

  /** Process of the server as it named itself at the start; a pooler names one that does not exist. */
  get announcedBackend(): number | null {
    return this.#client.processID
  }

  get transactionStatus(): TransactionStatus {
    return statuses[this.#client.getTransactionStatus() ?? ''] ?? 'idle'
  }

  get lost(): boolean {
    return this.#lost
  }

  know(server: ServerFacts): void {
    this.#server = server
  }

  async query(sql: string): Promise<readonly Row[]> {
    const rows: Row[] = []
    await this.#submit(new SimpleQuery(sql, {all: (row) => rows.push(row)}))
    return rows
  }

  async run(sql: string, listener?: RunListener): Promise<void> {
    await this.#submit(new SimpleQuery(sql, {marked: listener}))
  }

  copyIn(sql: string, rows: Uint8Array): Promise<void> {
    return copyIn(this.#client, sql, rows)
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async cancel(): Promise<void> {
    if (!this.#lost) await this.#transport.cancel()
  }

  reopen(): Promise<Session> {
    return this.#transport.reopen()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    try {
      await this.#client.end()
    } finally {
      await this.#transport.close()
    }
  }

  #submit(query: SimpleQuery): Promise<void> {
    this.#client.query(query)
    return query.done
  }

  #notify({severity = 'NOTICE', message = '', code, detail, hint}: Partial<Notice>): void {
    const notice: Notice = {
      severity,
      message,
      ...(code === undefined ? {} : {code}),
      ...(detail === undefined ? {} : {detail}),
      ...(hint === undefined ? {} : {hint}),
    }
    for (const listener of this.#listeners) listener(notice)
  }
}
