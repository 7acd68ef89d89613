import type {Run} from '../apply/run.ts'
import type {ScriptBatch} from '../apply/script.ts'
import {keepSessionLock} from '../apply/session-lock.ts'
import {inspect} from './inspect.ts'
import {record} from './record.ts'
import {settle, within} from './run-statement.ts'
import type {OutsideScript} from './script.ts'
import {unresolved} from './unresolved.ts'

/** What the ledger is told of a statement that was settled. */
export interface SettledRecords {
  /** It counts as done. */
  readonly done: (statement: number) => readonly string[]
  /** As if it had not been begun. */
  readonly again: (statement: number) => readonly string[]
}

/**
 * Settles the statement that an earlier run left open, without going on with its script: what comes next is to be planned
 * by what is known then.
 * @throws UNRESOLVED where a person must look; StatementFailure; LOCK_TIMEOUT; as `inTransaction` does
 */
export async function settleOpen(
  run: Run,
  job: OutsideScript,
  settled: SettledRecords,
): Promise<void> {
  const {script, done: before, records} = job
  const number = before + 1
  const settings: ScriptBatch[] = []
  for (const batch of script.batches.slice(0, before)) {
    const {kind} = await run.options.readStatement(batch.text)
    if (kind === 'setting') settings.push(batch)
  }
  const batch = script.batches[before]
  if (batch === undefined) throw new Error(`a script of ${before} statements has none open`)
  const statement = await run.options.readStatement(batch.text)
  const current = {batch, statement, number, settings, open: true}
  await keepSessionLock(run)
  const finding = await within(run, job, current, () => inspect(run, statement))
  if (finding.outcome === 'unclear') throw unresolved(job, number, finding.why)
  await record(run, job, records.begin(number))
  await settle(run, job, current, finding)
  await record(run, job, settled[finding.outcome](number))
}
