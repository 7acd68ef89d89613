import type {Run} from '../apply/run.ts'
import type {ScriptBatch} from '../apply/script.ts'
import {keepSessionLock} from '../apply/session-lock.ts'
import {sessionLeftovers} from '../apply/settings.ts'
import {reachedBetween} from '../apply/state.ts'
import {again} from './finding.ts'
import type {Finding} from './finding.ts'
import {inspect} from './inspect.ts'
import {record, recordDone} from './record.ts'
import {runStatement, settle, within} from './run-statement.ts'
import type {Current} from './run-statement.ts'
import {isSaidPending} from './said-pending.ts'
import {placeOf} from './script.ts'
import type {OutsideScript} from './script.ts'
import {unresolved} from './unresolved.ts'

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
      if (number < last) await recordDone(run, job, number, records.next(number + 1))
      else await finish(run, job, performance.now() - began)
      run.reached = reachedBetween(run.reached)
      await run.reporter.step({type: 'statement-done', ...placeOf(job, number)})
      if (number < last) {
        await run.reporter.step({type: 'statement-started', ...placeOf(job, number + 1)})
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
  const last = script.batches.length
  const finished = records.finish(milliseconds)
  if (check === undefined) return recordDone(run, job, last, [...first, ...finished])
  await recordDone(run, job, last, [...first, ...records.ended(last)])
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
  await run.reporter.step({type: 'statement-started', ...placeOf(job, number)})
  if (open) await settle(run, job, current, finding)
  if (finding.outcome === 'again') await runStatement(run, job, current)
}

/** What the catalogue shows of a statement that was left open, else a person's word on it. */
async function findingOf(run: Run, job: OutsideScript, current: Current): Promise<Finding> {
  const found = await within(run, job, current, () => inspect(run, current.statement))
  return found.outcome === 'unclear' && (await isSaidPending(run)) ? again() : found
}
