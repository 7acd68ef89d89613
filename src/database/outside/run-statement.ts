import type {OutsideStatement} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import type {CopyRows, ScriptBatch} from '../apply/script.ts'
import {send} from '../apply/send.ts'
import {reachedStatement} from '../apply/state.ts'
import {isSqlError} from '../sql-error.ts'
import type {Finding, Repair} from './finding.ts'
import {confirm, isSettledByCatalogue} from './inspect.ts'
import {takeBack} from './record.ts'
import {labelOf, placeOf} from './script.ts'
import type {OutsideScript} from './script.ts'
import {withScriptSettings} from './session-settings.ts'
import {
  checkNotSent,
  leftNoTrace,
  leftOpen,
  notDone,
  statementFailure,
} from './statement-failure.ts'

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
    ...placeOf(job, current.number),
  })
  if (repairs.length > 0) await within(run, job, current, () => repair(run, job, current, repairs))
}

/** Runs a statement that is recorded as begun. @throws StatementFailure, Interrupted */
export async function runStatement(run: Run, job: OutsideScript, current: Current): Promise<void> {
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
    if (attempt === 1) checkNotSent(run)
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
