import type {OutsideStatement} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import type {CopyRows, ScriptBatch} from '../apply/script.ts'
import {send} from '../apply/send.ts'
import {keepSessionLock} from '../apply/session-lock.ts'
import {sessionLeftovers} from '../apply/settings.ts'
import {reachedBetween, reachedStatement} from '../apply/state.ts'
import {inTransaction} from '../apply/transaction.ts'
import {inCatalog} from '../ledger/read.ts'
import {isSqlError} from '../sql-error.ts'
import {again} from './finding.ts'
import type {Finding, Repair} from './finding.ts'
import {confirm, inspect, isSettledByCatalogue} from './inspect.ts'
import {labelOf} from './script.ts'
import type {OutsideScript} from './script.ts'
import {withScriptSettings} from './session-settings.ts'
import {leftNoTrace, leftOpen, notDone, statementFailure} from './statement-failure.ts'
import {isSaidPending} from './said-pending.ts'
import {unresolved} from './unresolved.ts'

/** One statement of a script. */
export interface Current {
  readonly batch: ScriptBatch
  readonly statement: OutsideStatement
  /** From 1. */
  readonly number: number
  /** Those before it that set something for the session. */
  readonly settings: readonly ScriptBatch[]
  /** An earlier run began it. */
  readonly open: boolean
}

/**
 * Runs a script that can't run in a transaction, one statement at a time: each is recorded as begun before it runs and
 * as done after, so that what a killed run leaves open is known. One that an earlier run left open is settled first, by
 * what the catalogue shows of it.
 * @throws UNRESOLVED where a person must look; StatementFailure; LOCK_TIMEOUT; as `inTransaction` does
 */
export async function runOutside(run: Run, job: OutsideScript): Promise<void> {
  const {session} = run
  try {
    await runStatements(run, job)
  } finally {
    const leftovers = sessionLeftovers(session, job.script.batches)
    // why the script failed is worth more than that this fails too
    await session.run(leftovers.join(';\n')).catch(() => undefined)
  }
}

async function runStatements(run: Run, job: OutsideScript): Promise<void> {
  const {script, work, done, records} = job
  const last = script.batches.length
  await run.reporter.step({type: 'segment-begun', transaction: false, ...work})
  const began = performance.now()
  const settings: ScriptBatch[] = []
  if (done >= last) await finish(run, job, 0, records.begin(last))
  for (const [index, batch] of script.batches.entries()) {
    const number = index + 1
    const statement = await run.options.readStatement(batch.text)
    if (number > done) {
      const first = number === done + 1
      const current = {batch, statement, number, settings: [...settings], open: first && job.open}
      if (first) await takeUp(run, job, current)
      else await runStatement(run, job, current)
      if (number < last) await record(run, job, records.next(number + 1))
      else await finish(run, job, performance.now() - began)
      run.reached = reachedBetween(run.reached)
      await run.reporter.step({type: 'statement-done', ...place(job, number)})
      if (number < last) {
        await run.reporter.step({type: 'statement-started', ...place(job, number + 1)})
      }
    }
    if (statement.kind === 'setting') settings.push(batch)
  }
}

/** Every statement is done; where there is a check, that is recorded before it is made. */
async function finish(
  run: Run,
  job: OutsideScript,
  milliseconds: number,
  first: readonly string[] = [],
): Promise<void> {
  const {check, records, script} = job
  const finished = records.finish(milliseconds)
  if (check === undefined) return record(run, job, [...first, ...finished])
  await record(run, job, [...first, ...check.ended(script.batches.length)])
  run.reached = reachedBetween(run.reached)
  await check.verify()
  return record(run, job, finished)
}

/** The first statement that this run has to see to. */
async function takeUp(run: Run, job: OutsideScript, current: Current): Promise<void> {
  const {number, open} = current
  await keepSessionLock(run)
  const finding = open ? await findingOf(run, job, current) : again()
  if (finding.outcome === 'unclear') throw unresolved(job, number, finding.why)
  await record(run, job, job.records.begin(number))
  await run.reporter.step({type: 'statement-started', ...place(job, number)})
  if (open) await settle(run, job, current, finding)
  if (finding.outcome === 'again') await runStatement(run, job, current)
}

/** What the catalogue shows of a statement that was left open, else a person's word on it. */
async function findingOf(run: Run, job: OutsideScript, current: Current): Promise<Finding> {
  const found = await within(run, job, current, () => inspect(run, current.statement))
  return found.outcome === 'unclear' && (await isSaidPending(run)) ? again() : found
}

type Settled = Exclude<Finding, {outcome: 'unclear'}>

/** Does what must be done about a statement that was left open, before it runs again or counts as done. */
export async function settle(
  run: Run,
  job: OutsideScript,
  current: Current,
  {outcome, repairs}: Settled,
): Promise<void> {
  const says = repairs.map(({does}) => does)
  await run.reporter.step({
    type: 'statement-settled',
    outcome,
    repairs: says,
    ...place(job, current.number),
  })
  if (repairs.length > 0) await within(run, job, current, () => repair(run, job, current, repairs))
}

async function runStatement(run: Run, job: OutsideScript, current: Current): Promise<void> {
  const {statement, number} = current
  const open = {
    migration: labelOf(job),
    statement: number,
    settled: isSettledByCatalogue(statement),
  }
  run.reached = reachedStatement(run.reached, job.partial, open)
  try {
    await within(run, job, current, () => sendUntilDone(run, job, current))
  } catch (error) {
    if (!current.open && leftNoTrace(statement, error)) await takeBack(run, job, number)
    throw error
  }
}

/** A statement that the server is content with may have done nothing: then it is made room for, once, and sent again. */
async function sendUntilDone(run: Run, job: OutsideScript, current: Current): Promise<void> {
  const {batch, statement} = current
  for (let attempt = 1; ; attempt += 1) {
    const batches = job.script.batches.length
    await run.reporter.step({type: 'batch-sent', batch: current.number, batches, ...job.work})
    await sendOne(run, job, batch, batch.text, batch.rows)
    const finding = await confirm(run, statement)
    if (finding === undefined) return
    if (finding.outcome === 'unclear') throw failure(job, batch, finding.why)
    if (finding.outcome === 'again' && attempt > 1) throw failure(job, batch, 'nothing came of it')
    await repair(run, job, current, finding.repairs)
    if (finding.outcome === 'done') return
  }
}

async function repair(
  run: Run,
  job: OutsideScript,
  {batch}: Current,
  repairs: readonly Repair[],
): Promise<void> {
  for (const {sql} of repairs) await sendOne(run, job, batch, sql)
}

async function sendOne(
  run: Run,
  {script, work}: OutsideScript,
  batch: ScriptBatch,
  sql: string,
  rows?: CopyRows,
): Promise<void> {
  const {session} = run
  try {
    await send(run, work, () =>
      rows === undefined
        ? session.run(sql)
        : session.copyIn(sql, script.bytes.subarray(rows.start, rows.end)),
    )
    if (run.session.transactionStatus !== 'idle') throw leftOpen()
  } catch (error) {
    throw isSqlError(error) ? statementFailure(error, script, batch) : error
  }
}

function failure({script}: OutsideScript, batch: ScriptBatch, why: string): Error {
  return statementFailure(notDone(why), script, batch)
}

/** Runs the work with the session as the script wants it for this statement. */
export function within<T>(
  run: Run,
  {script}: OutsideScript,
  {settings}: Current,
  work: () => Promise<T>,
): Promise<T> {
  return withScriptSettings(run, script, settings, work)
}

/** Writes to the ledger, in a transaction of its own. */
export async function record(
  run: Run,
  {work}: OutsideScript,
  writes: readonly string[],
): Promise<void> {
  // a script may have let go of the lock
  await keepSessionLock(run)
  await inTransaction(run, work, () => send(run, work, () => run.session.run(writes.join(';\n'))))
}

/**
 * Without a lock of its own, as the run may have been told to end: what is written names this run, and the statement
 * that it was at.
 */
async function takeBack(run: Run, {records}: OutsideScript, number: number): Promise<void> {
  try {
    await run.session.run(inCatalog(records.takeBack(number).join(';\n')))
    run.reached = reachedBetween(run.reached)
  } catch {
    // it stays recorded as begun; why it failed is worth more
  }
}

function place({script, work, migration}: OutsideScript, statement: number) {
  return {release: work.release, migration, statement, statements: script.batches.length}
}
