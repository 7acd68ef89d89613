import type {Connection} from 'pg'
import type {Row, RunListener} from '../session.ts'
import {failureOf} from './failure.ts'
import {copyFail} from './wire.ts'
import type {DataRow, RowDescription, WireConnection} from './wire.ts'

/** All rows, or those that a listener marks. */
export type Keep = {readonly all: (row: Row) => void} | {readonly marked: RunListener | undefined}

/**
 * One text of statements, sent as a simple query: what pg's client calls a submittable, driven by its
 * messages. Unlike pg's own it drops rows as they arrive, and is done only when the server is ready
 * again, when the transaction's status can be trusted.
 */
export class SimpleQuery {
  readonly done: Promise<void>
  readonly #sql: string
  readonly #keep: Keep
  readonly #settle: {resolve: () => void; reject: (error: unknown) => void}
  #columns: readonly string[] | undefined
  #marks = 0
  #completed = 0

  constructor(sql: string, keep: Keep) {
    this.#sql = sql
    this.#keep = keep
    const {promise, resolve, reject} = Promise.withResolvers<void>()
    this.done = promise
    this.#settle = {resolve, reject}
  }

  submit(connection: Connection): void {
    connection.query(this.#sql)
  }

  handleRowDescription({fields}: RowDescription): void {
    this.#columns = this.#isKept(fields[0]?.name) ? fields.map(({name}) => name) : undefined
  }

  handleDataRow({fields}: DataRow): void {
    if (this.#columns === undefined) return
    const row: Row = Object.fromEntries(
      this.#columns.map((name, index) => [name, fields[index] ?? null]),
    )
    if ('all' in this.#keep) {
      this.#keep.all(row)
    } else {
      this.#marks += 1
      // the statement that marks is completed next
      this.#completed = -1
      this.#keep.marked?.onMark(row)
    }
  }

  handleCommandComplete(): void {
    this.#completed += 1
  }

  handleReadyForQuery(): void {
    this.#settle.resolve()
  }

  /** Also called by pg when the connection broke, then with an error that no server sent. */
  handleError(error: unknown, connection: WireConnection): void {
    const progress = {marks: this.#marks, completed: this.#completed}
    void failureOf(error, connection, progress).then(this.#settle.reject)
  }

  handleCopyInResponse(connection: WireConnection): void {
    connection.stream.write(copyFail())
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyData(): void {}

  #isKept(firstColumn: string | undefined): boolean {
    return 'all' in this.#keep || firstColumn === this.#keep.marked?.marker
  }
}
