import {randomBytes} from 'node:crypto'
import {isSqlError} from '../sql-error.ts'
import {otherTransaction, StatementFailure} from './failure.ts'
import {findCulprit, textOf} from './message.ts'
import type {Message, MessagePart} from './message.ts'
import {LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import {messageSize} from './script.ts'
import type {LoadedScript, ScriptBatch} from './script.ts'
import {closeRelease, openRelease, rowOf} from './segment.ts'
import type {SegmentWork} from './segment.ts'
import {send} from './send.ts'
import {ledgerSettings, scriptSettings, sessionResets} from './settings.ts'
import {deferredConstraints} from './transaction.ts'
import type {Transaction} from './transaction.ts'
import {finishedBefore, insertDoneMigration} from './writes.ts'

/** SQLSTATE `unique_violation`: of squizzle's own rows, another run wrote them. */
const uniqueViolation = '23505'

/**
 * Sends the scripts of a transaction in few messages, as the network may be slow and a release large: small
 * scripts share one of about a megabyte, a large one goes in several. Each script is followed by the check that it left
 * the transaction alone, by what takes back its settings, and by its ledger row.
 */
export class MessageSender {
  readonly #run: Run
  readonly #segment: SegmentWork
  readonly #transaction: Transaction
  /** Names the column of the rows that show how far a message came: no script can know it. */
  readonly #marker = `squizzle_${randomBytes(12).toString('hex')}`
  #opening: readonly string[]
  #parts: MessagePart[] = []
  #size = 0

  constructor(run: Run, segment: SegmentWork, transaction: Transaction) {
    this.#run = run
    this.#segment = segment
    this.#transaction = transaction
    this.#opening = openRelease(run, segment)
  }

  /** Puts a script into the next message, or sends it. @throws StatementFailure, LedgerChanged, Interrupted */
  async add(script: LoadedScript): Promise<void> {
    const [batch, ...more] = script.batches
    if (batch === undefined) return
    if (more.length > 0) return this.#addLarge(script)
    if (this.#size + script.bytes.byteLength > messageSize) await this.#flush()
    const start =
      this.#parts.length === 0
        ? startedBefore(0)
        : finishedBefore(this.#run.writer, rowOf(this.#segment, script.planned))
    this.#parts.push(this.#part(script, batch, start))
    this.#size += script.bytes.byteLength
    // the next one must know which constraints are deferred by now
    if (this.#touchesDeferral(script)) await this.#flush()
  }

  /** Sends what is left, and what ends the release if this segment does. @throws as `add` does */
  async finish(): Promise<void> {
    await this.#flush(closeRelease(this.#run, this.#segment))
  }

  async #addLarge(script: LoadedScript): Promise<void> {
    await this.#flush()
    const began = performance.now()
    for (const [index, batch] of script.batches.entries()) {
      this.#parts.push(this.#part(script, batch, startedBefore(performance.now() - began)))
      await this.#flush([], index + 1, script.batches.length)
    }
  }

  #part(script: LoadedScript, batch: ScriptBatch, start: string): MessagePart {
    const run = this.#run
    const {xid, deferred} = this.#transaction
    const opening = this.#opening
    this.#opening = []
    const before = batch === script.batches[0] ? scriptSettings(script.script, run.options) : []
    // after the first script they are immediate, as the check at its end has set them
    const constraints =
      before.length > 0 && deferred !== null ? [`SET CONSTRAINTS ${deferred} DEFERRED`] : []
    const part = {script, batch, before: [...opening, ...before, ...constraints]}
    if (batch !== script.batches.at(-1)) {
      // the next batch is UTF-8 too, whatever the script has set
      const after = ["SET LOCAL client_encoding TO 'UTF8'", this.#mark(xid, false)]
      return {...part, after, recorded: []}
    }
    const after = [
      ...sessionResets,
      'SET CONSTRAINTS ALL IMMEDIATE',
      ...ledgerSettings(run.session.server, run.options),
      this.#mark(xid, this.#touchesDeferral(script)),
    ]
    const row = rowOf(this.#segment, script.planned)
    return {...part, after, recorded: [insertDoneMigration(run.writer, row, start)]}
  }

  /** Fails in another transaction than the one that has the lock: then no ledger row is written. */
  #mark(xid: string, withDeferred: boolean): string {
    const current = 'pg_catalog.pg_current_xact_id()'
    return `SELECT (CASE ${current}::pg_catalog.text WHEN '${xid}' THEN 't'
        ELSE pg_catalog.concat('${otherTransaction}: ', ${current}) END)::pg_catalog.bool AS ${this.#marker},
      ${withDeferred ? `${deferredConstraints} AS deferred` : 'NULL AS unchanged'}`
  }

  #touchesDeferral({batches}: LoadedScript): boolean {
    return this.#transaction.deferred !== null || batches.some(({text}) => /deferred/i.test(text))
  }

  async #flush(tail: readonly string[] = [], batch = 1, batches = 1): Promise<void> {
    const message: Message = {parts: this.#parts, tail: [...this.#opening, ...tail]}
    this.#opening = []
    this.#parts = []
    this.#size = 0
    if (message.parts.length + message.tail.length > 0) await this.#send(message, batch, batches)
  }

  async #send(message: Message, batch: number, batches: number): Promise<void> {
    const {reporter, session} = this.#run
    const release = this.#segment.planned.release.version
    const work = {
      release,
      migrations: message.parts.map(({script}) => script.planned.migration.name),
    }
    await reporter.step({type: 'batch-sent', batch, batches, ...work})
    const listener = {
      marker: this.#marker,
      onMark: (row: Readonly<Record<string, string | null>>) => {
        if ('deferred' in row) this.#transaction.deferred = row['deferred'] ?? null
      },
    }
    try {
      await send(this.#run, work, () => session.run(textOf(message), listener))
    } catch (error) {
      throw blame(message, error, session.server.encoding === 'SQL_ASCII')
    }
    if (batch < batches) return
    for (const migration of work.migrations) {
      await reporter.step({type: 'migration-done', release, migration})
    }
  }
}

function blame(message: Message, error: unknown, bytes: boolean): unknown {
  if (!isSqlError(error)) return error
  const culprit = findCulprit(message, error, bytes)
  if (culprit.kind === 'own') {
    if (error.code !== uniqueViolation) return error
    return new LedgerChanged('another run was first', {cause: error})
  }
  const {part, offset, statement} = culprit
  const failed = {
    script: part.script,
    batch: part.batch,
    statement,
    ...(offset === undefined ? {} : {offset}),
  }
  return new StatementFailure(error, failed, 'rolled-back')
}

/** The beginning of a script whose last message is the one that says so. @param elapsed milliseconds before it */
function startedBefore(elapsed: number): string {
  const now = 'pg_catalog.statement_timestamp()'
  return `(${now} - '${Math.round(elapsed)} milliseconds'::pg_catalog.interval)`
}
