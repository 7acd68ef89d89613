import {Interrupted} from '../apply/run.ts'
import type {Run} from '../apply/run.ts'
import {send} from '../apply/send.ts'
import {keepSessionLock} from '../apply/session-lock.ts'
import {sessionResets} from '../apply/settings.ts'
import {reachedBetween} from '../apply/state.ts'
import {inTransaction} from '../apply/transaction.ts'
import {inCatalog} from '../ledger/read.ts'
import type {OutsideScript} from './script.ts'

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
 * The same behind a statement that is done. A run that is told to end in that very moment still records it, and nothing
 * more: nobody is to be asked about what is known.
 */
export async function recordDone(
  run: Run,
  job: OutsideScript,
  number: number,
  writes: readonly string[],
): Promise<void> {
  try {
    await record(run, job, writes)
  } catch (error) {
    if (error instanceof Interrupted) await recordLast(run, job.records.ended(number))
    throw error
  }
}

/** A statement failed without a trace. */
export async function takeBack(run: Run, {records}: OutsideScript, number: number): Promise<void> {
  await recordLast(run, records.takeBack(number))
}

/**
 * Without a lock of its own, as the run may have been told to end: what is written names this run, and the statement
 * that it was at.
 */
async function recordLast(run: Run, writes: readonly string[]): Promise<void> {
  const sql = [...sessionResets(run.session), inCatalog(writes.join(';\n'))].join(';\n')
  // a cancel request that comes late may hit the first one
  for (let attempt = 0; attempt < 2 && !run.session.lost; attempt += 1) {
    try {
      await run.session.run(sql)
      run.reached = reachedBetween(run.reached)
      return
    } catch {
      // it stays recorded as begun; why the run ends is worth more
    }
  }
}
