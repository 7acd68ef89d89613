import {randomBytes} from 'node:crypto'
import type {Row, RunListener} from '../session.ts'
import {isSqlError} from '../sql-error.ts'
import type {SqlError} from '../sql-error.ts'
import {checkDeferred, deferrableColumns, deferrableOf, mentionsDeferral} from './deferrable.ts'
import {otherTransaction, StatementFailure} from './failure.ts'
import type {FailedScript} from './failure.ts'
import {failedAtEnd, findFailed, textOf} from './message.ts'
import type {Message, MessagePart} from './message.ts'
import {LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import {messageSize} from './script.ts'
import type {CopyRows, LoadedScript, ScriptBatch} from './script.ts'
import {closeRelease, openRelease, rowOf} from './segment.ts'
import type {SegmentWork} from './segment.ts'
import {send} from './send.ts'
import {ledgerSettings, scriptSettings, sessionLeftovers, sessionResets} from './settings.ts'
import type {Transaction} from './transaction.ts'
import {finishedBefore} from '../writes/migrations.ts'

/** SQLSTATE `unique_violation`: of squizzle's own rows, another run wrote them. */
const uniqueViolation = '23505'

/** SQLSTATE `read_only_sql_transaction`: the transaction began as one that may write. */
const readOnlyTransaction = '25006'

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
    const alone = more.length > 0 || batch.rows !== undefined
    const full = this.#size + script.bytes.byteLength > messageSize
    if (this.#size > 0 && (full || alone)) await this.#flush()
    if (!alone && !this.#defers(batch)) {
      const writer = this.#run.writer
      const isFirst = this.#message.parts.length === 0
      const start = isFirst ? startedBefore(0) : finishedBefore(writer, this.#row(script))
      this.#put(script, batch, [this.#record(script, start)])
      return
    }
    await this.#sendAlone(script)
    const start = startedBefore(performance.now() - began)
    this.#owe(script, [...checkDeferred(this.#transaction.deferrable), this.#record(script, start)])
  }

  /**
   * The same, with its verify script before its ledger row: read only, behind a savepoint, so nothing of it stays.
   * @throws as `add` does
   */
  async addVerified(script: LoadedScript, verify: LoadedScript): Promise<void> {
    const began = performance.now()
    if (this.#size > 0) await this.#flush()
    await this.#sendAlone(script)
    const start = startedBefore(performance.now() - began)
    this.#owe(script, checkDeferred(this.#transaction.deferrable))
    for (const [index, batch] of verify.batches.entries()) {
      const [isFirst, isLast] = [index === 0, index === verify.batches.length - 1]
      const before = [
        `SAVEPOINT ${this.#marker}`,
        'SET LOCAL transaction_read_only TO on',
        ...this.#before(verify, batch),
      ]
      const after = [
        `ROLLBACK TO SAVEPOINT ${this.#marker}`,
        `RELEASE SAVEPOINT ${this.#marker}`,
        ...this.#after(verify, false),
      ]
      const part: MessagePart = {
        script: verify,
        batch,
        before: isFirst ? before : [],
        after: isLast ? after : [batchEncoding, this.#mark(false)],
        recorded: [],
      }
      this.#message = {...this.#message, parts: [part]}
      await this.#flush(index + 1, verify.batches.length)
    }
    const {release, migration} = script.planned
    await this.#run.reporter.step({
      type: 'verified',
      release,
      migration: migration.name,
      passed: true,
    })
    this.#owe(script, [this.#record(script, start)])
  }

  /** Sends what is left, and what ends the release if this segment does. @throws as `add` does */
  async finish(): Promise<void> {
    this.#message = {...this.#message, tail: closeRelease(this.#run, this.#segment)}
    await this.#flush()
  }

  /** Whether a script may put off checks: it needs a look at the database before its ledger row. */
  #defers({text}: ScriptBatch): boolean {
    return this.#transaction.deferrable.all !== null || mentionsDeferral(text)
  }

  /** Sends a COPY in a message of its own, since nothing may answer with rows there, then its rows, then what is due after it. */
  async #copy(
    script: LoadedScript,
    batch: ScriptBatch,
    rows: CopyRows,
    place: readonly [number, number],
  ): Promise<void> {
    await this.#flush()
    const part: MessagePart = {
      script,
      batch,
      before: this.#before(script, batch),
      after: [batchEncoding],
      recorded: [],
    }
    const bytes = script.bytes.subarray(rows.start, rows.end)
    const message = {opening: [], parts: [part], tail: []}
    await this.#send(message, place, () => this.#run.session.copyIn(textOf(message), bytes))
    if (batch !== script.batches.at(-1)) return
    this.#message = {
      ...this.#message,
      parts: [{...part, batch: nothingAfter(batch), before: [], after: this.#after(script, true)}],
    }
    await this.#flush()
  }

  /** Sends a script without its ledger row. */
  async #sendAlone(script: LoadedScript): Promise<void> {
    for (const [index, each] of script.batches.entries()) {
      const place = [index + 1, script.batches.length] as const
      if (each.rows === undefined) {
        this.#put(script, each, [])
        await this.#flush(...place)
      } else await this.#copy(script, each, each.rows, place)
    }
  }

  /** What is due after a script that was sent alone, as the next message begins: the checks it put off, and its row. */
  #owe(script: LoadedScript, opening: readonly string[]): void {
    const about = failedAtEnd(script)
    this.#message = {...this.#message, opening, ...(about === undefined ? {} : {about})}
  }

  #put(script: LoadedScript, batch: ScriptBatch, recorded: readonly string[]): void {
    const isLast = batch === script.batches.at(-1)
    const part: MessagePart = {
      script,
      batch,
      before: this.#before(script, batch),
      after: isLast
        ? this.#after(script, recorded.length === 0)
        : [batchEncoding, this.#mark(false)],
      recorded,
    }
    this.#message = {...this.#message, parts: [...this.#message.parts, part]}
    this.#size += batch.end - batch.at
  }

  #before(script: LoadedScript, batch: ScriptBatch): readonly string[] {
    return batch === script.batches[0] ? scriptSettings(script.script, this.#run.options) : []
  }

  #after({batches}: LoadedScript, asksDeferrable: boolean): readonly string[] {
    const {session, options} = this.#run
    return [
      ...sessionResets(session),
      ...sessionLeftovers(session, batches),
      ...ledgerSettings(session.server, options),
      this.#mark(asksDeferrable),
    ]
  }

  #record(script: LoadedScript, start: string): string {
    this.#recorded.push(script.planned.migration.name)
    const {kind, writer} = this.#run
    return kind.records.done(writer, this.#segment, script.planned, start)
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
    if (opening.length + parts.length + tail.length > 0) {
      const {session} = this.#run
      await this.#send(message, [batch, batches], () =>
        session.run(textOf(message), this.#listener()),
      )
    }
    const release = this.#segment.planned.release.version
    for (const migration of recorded) {
      await this.#run.reporter.step({type: 'migration-done', release, migration})
    }
  }

  #listener(): RunListener {
    const onMark = (row: Row) => {
      if ('deferrable' in row) this.#transaction.deferrable = deferrableOf(row)
    }
    return {marker: this.#marker, onMark}
  }

  async #send(
    message: Message,
    [batch, batches]: readonly [number, number],
    task: () => Promise<void>,
  ): Promise<void> {
    const {reporter, session} = this.#run
    const work = {
      release: this.#segment.planned.release.version,
      migrations: message.parts.map(({script}) => script.planned.migration.name),
    }
    if (message.parts.some((part) => part.batch.end > part.batch.at))
      await reporter.step({type: 'batch-sent', batch, batches, ...work})
    try {
      await send(this.#run, work, task)
    } catch (error) {
      throw blame(message, error, session.server.encoding === 'SQL_ASCII')
    }
  }
}

/** The next batch is UTF-8 too, whatever the script has set. */
const batchEncoding = "SET LOCAL client_encoding TO 'UTF8'"

/** Stands for the end of a script whose last batch has been sent. */
function nothingAfter({rows, end}: ScriptBatch): ScriptBatch {
  const at = rows?.end ?? end
  return {at, end: at, text: ''}
}

function blame(message: Message, error: unknown, bytes: boolean): unknown {
  if (!isSqlError(error)) return error
  const failed = findFailed(message, error, bytes) ?? madeReadOnly(message, error)
  if (failed !== undefined) return new StatementFailure(error, failed, 'rolled-back')
  if (error.code !== uniqueViolation) return error
  return new LedgerChanged('another run was first', {cause: error})
}

/** The script whose ledger row cannot be written since it made the transaction read only. */
function madeReadOnly({parts}: Message, {code, progress}: SqlError): FailedScript | undefined {
  const part = code === readOnlyTransaction ? parts[progress.marks - 1] : undefined
  return part === undefined ? undefined : failedAtEnd(part.script)
}

/** The beginning of a script whose ledger row is in the message that says so. @param elapsed milliseconds before it */
function startedBefore(elapsed: number): string {
  const now = 'pg_catalog.statement_timestamp()'
  return `(${now} - '${Math.round(elapsed)} milliseconds'::pg_catalog.interval)`
}
