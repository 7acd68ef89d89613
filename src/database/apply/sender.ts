import {randomBytes} from 'node:crypto'
import type {Row} from '../session.ts'
import {isSqlError} from '../sql-error.ts'
import {checkDeferred, deferrableColumns, deferrableOf, mentionsDeferral} from './deferrable.ts'
import {otherTransaction, StatementFailure} from './failure.ts'
import {failedAtEnd, findFailed, textOf} from './message.ts'
import type {Message, MessagePart} from './message.ts'
import {LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import {messageSize} from './script.ts'
import type {LoadedScript, ScriptBatch} from './script.ts'
import {closeRelease, openRelease, rowOf} from './segment.ts'
import type {SegmentWork} from './segment.ts'
import {send} from './send.ts'
import {ledgerSettings, scriptSettings, sessionResets} from './settings.ts'
import type {Transaction} from './transaction.ts'
import {finishedBefore, insertDoneMigration} from './writes.ts'

/** SQLSTATE `unique_violation`: of squizzle's own rows, another run wrote them. */
const uniqueViolation = '23505'

/**
 * Sends the scripts of a transaction in few messages, as the network may be slow and a release large: small
 * scripts share one of about a megabyte, a large one goes in several. Each script is followed by what takes back its
 * settings, by the check that it left the transaction alone, and by its ledger row.
 */
export class MessageSender {
  readonly #run: Run
  readonly #segment: SegmentWork
  readonly #transaction: Transaction
  /** Names the column of the rows that show how far a message came: no script can know it. */
  readonly #marker = `squizzle_${randomBytes(12).toString('hex')}`
  #message: Message
  /** Bytes of the scripts in the message. */
  #size = 0
  /** Migrations whose ledger rows are in the message. */
  #recorded: string[] = []

  constructor(run: Run, segment: SegmentWork, transaction: Transaction) {
    this.#run = run
    this.#segment = segment
    this.#transaction = transaction
    this.#message = {opening: openRelease(run, segment), parts: [], tail: []}
  }

  /** Puts a script into the next message, or sends it. @throws StatementFailure, LedgerChanged, Interrupted */
  async add(script: LoadedScript): Promise<void> {
    const began = performance.now()
    const [batch, ...more] = script.batches
    if (batch === undefined) return
    const {all} = this.#transaction.deferrable
    const defers = all !== null || script.batches.some(({text}) => mentionsDeferral(text))
    const full = this.#size + script.bytes.byteLength > messageSize
    if (this.#size > 0 && (full || more.length > 0)) await this.#flush()
    if (more.length === 0 && !defers) {
      const writer = this.#run.writer
      const isFirst = this.#message.parts.length === 0
      const start = isFirst ? startedBefore(0) : finishedBefore(writer, this.#row(script))
      this.#put(script, batch, [this.#record(script, start)])
      return
    }
    for (const [index, each] of script.batches.entries()) {
      this.#put(script, each, [])
      await this.#flush(index + 1, script.batches.length)
    }
    this.#message = {...this.#message, ...this.#ending(script, performance.now() - began)}
  }

  /** Sends what is left, and what ends the release if this segment does. @throws as `add` does */
  async finish(): Promise<void> {
    this.#message = {...this.#message, tail: closeRelease(this.#run, this.#segment)}
    await this.#flush()
  }

  /** What is due after a script that was sent without its ledger row: the checks it put off, and that row. */
  #ending(script: LoadedScript, elapsed: number): Pick<Message, 'opening' | 'about'> {
    const about = failedAtEnd(script)
    const opening = [
      ...checkDeferred(this.#transaction.deferrable),
      this.#record(script, startedBefore(elapsed)),
    ]
    return {opening, ...(about === undefined ? {} : {about})}
  }

  #put(script: LoadedScript, batch: ScriptBatch, recorded: readonly string[]): void {
    const {session, options} = this.#run
    const isFirst = batch === script.batches[0]
    const isLast = batch === script.batches.at(-1)
    const part: MessagePart = {
      script,
      batch,
      before: isFirst ? scriptSettings(script.script, options) : [],
      after: isLast
        ? [
            ...sessionResets(session),
            ...ledgerSettings(session.server, options),
            this.#mark(recorded.length === 0),
          ]
        : // the next batch is UTF-8 too, whatever the script has set
          ["SET LOCAL client_encoding TO 'UTF8'", this.#mark(false)],
      recorded,
    }
    this.#message = {...this.#message, parts: [...this.#message.parts, part]}
    this.#size += Buffer.byteLength(batch.text)
  }

  #record(script: LoadedScript, start: string): string {
    this.#recorded.push(script.planned.migration.name)
    return insertDoneMigration(this.#run.writer, this.#row(script), start)
  }

  #row({planned}: LoadedScript) {
    return rowOf(this.#segment, planned)
  }

  /** Fails in another transaction than the one that has the lock: then no ledger row is written. */
  #mark(asksDeferrable: boolean): string {
    const current = 'pg_catalog.pg_current_xact_id()'
    return `SELECT (CASE ${current}::pg_catalog.text WHEN '${this.#transaction.xid}' THEN 't'
        ELSE pg_catalog.concat('${otherTransaction}: ', ${current}) END)::pg_catalog.bool AS ${this.#marker}
      ${asksDeferrable ? `, ${deferrableColumns}` : ''}`
  }

  async #flush(batch = 1, batches = 1): Promise<void> {
    const [message, recorded] = [this.#message, this.#recorded]
    this.#message = {opening: [], parts: [], tail: []}
    this.#recorded = []
    this.#size = 0
    const {opening, parts, tail} = message
    if (opening.length + parts.length + tail.length > 0) await this.#send(message, batch, batches)
    const release = this.#segment.planned.release.version
    for (const migration of recorded) {
      await this.#run.reporter.step({type: 'migration-done', release, migration})
    }
  }

  async #send(message: Message, batch: number, batches: number): Promise<void> {
    const {reporter, session} = this.#run
    const work = {
      release: this.#segment.planned.release.version,
      migrations: message.parts.map(({script}) => script.planned.migration.name),
    }
    if (work.migrations.length > 0)
      await reporter.step({type: 'batch-sent', batch, batches, ...work})
    const onMark = (row: Row) => {
      if ('deferrable' in row) this.#transaction.deferrable = deferrableOf(row)
    }
    try {
      const listener = {marker: this.#marker, onMark}
      await send(this.#run, work, () => session.run(textOf(message), listener))
    } catch (error) {
      throw blame(message, error, session.server.encoding === 'SQL_ASCII')
    }
  }
}

function blame(message: Message, error: unknown, bytes: boolean): unknown {
  if (!isSqlError(error)) return error
  const failed = findFailed(message, error, bytes)
  if (failed !== undefined) return new StatementFailure(error, failed, 'rolled-back')
  if (error.code !== uniqueViolation) return error
  return new LedgerChanged('another run was first', {cause: error})
}

/** The beginning of a script whose ledger row is in the message that says so. @param elapsed milliseconds before it */
function startedBefore(elapsed: number): string {
  const now = 'pg_catalog.statement_timestamp()'
  return `(${now} - '${Math.round(elapsed)} milliseconds'::pg_catalog.interval)`
}
