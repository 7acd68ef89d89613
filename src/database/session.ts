/** One row, each value as PostgreSQL writes it as text. */
export type Row = Readonly<Record<string, string | null>>

export type TransactionStatus = 'idle' | 'open' | 'failed'

/** What a server says beside its answers: NOTICE, WARNING, INFO. */
export interface Notice {
  readonly severity: string
  readonly message: string
  readonly code?: string
  readonly detail?: string
  readonly hint?: string
}

/** What was asked of the server once, when the session began. */
export interface ServerFacts {
  /** As numbers compare: 150018 for 15.18. */
  readonly version: number
  /** As people read it: `15.18`. */
  readonly versionText: string
  readonly database: string
  /** The role that logged in. */
  readonly role: string
  /** Encoding of the database: `UTF8`. */
  readonly encoding: string
  /** In recovery: nothing can be written here. */
  readonly standby: boolean
  /** `default_transaction_read_only` is on. */
  readonly readOnly: boolean
  /** Behind a pooler that may give each transaction another server connection. */
  readonly pooled: boolean
  /** Whether `client_connection_check_interval` can be set (PostgreSQL 14, on systems that can tell). */
  readonly connectionCheck: boolean
  /** Process of the server that answered; behind a pooler another one may answer next. */
  readonly backend: number
}

/** Follows a run of statements whose rows are dropped. */
export interface RunListener {
  /** Rows of results whose first column has this name are kept: a name that no script can know. */
  readonly marker: string
  readonly onMark: (row: Row) => void
}

/**
 * A connection to a database, PostgreSQL's or the embedded one. Everything goes by the simple query
 * protocol, so one text may hold many statements.
 *
 * Errors thrown by `query`, `run` and `copyIn`: `SqlError` for what the server refused, once it is ready again;
 * CONNECTION_LOST.
 */
export interface Session {
  readonly engine: 'postgresql' | 'pglite'
  /** The address without secrets. */
  readonly name: string
  readonly server: ServerFacts
  readonly transactionStatus: TransactionStatus
  /** No answer will come any more. */
  readonly lost: boolean

  /** The rows of all statements, in their order. */
  query(sql: string): Promise<readonly Row[]>

  /** Runs statements and drops their rows as they arrive. */
  run(sql: string, listener?: RunListener): Promise<void>

  /** Runs one COPY ... FROM stdin with its rows; not on the embedded database, which would wait for ever. */
  copyIn(sql: string, rows: Uint8Array): Promise<void>

  /** @returns what takes the listener away */
  onNotice(listener: (notice: Notice) => void): () => void

  /** Asks the server to end the statement that is running; it then fails with 57014. Never throws. */
  cancel(): Promise<void>

  /** A new session at the same place. @throws as opening one does */
  reopen(): Promise<Session>

  close(): Promise<void>
}
