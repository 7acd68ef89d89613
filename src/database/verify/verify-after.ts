import {StatementFailure} from '../apply/failure.ts'
import type {Run} from '../apply/run.ts'
import {loadScript} from '../apply/script.ts'
import {send} from '../apply/send.ts'
import type {PlannedMigration} from '../plan/segments.ts'
import {verifyReadOnly} from './read-only.ts'

/**
 * Runs the verify script of a script outside transactions that has just ended, in a READ ONLY transaction of its own.
 * @throws StatementFailure, Interrupted
 */
export async function verifyAfter(run: Run, planned: PlannedMigration): Promise<void> {
  const {release, migration} = planned
  const script = await loadScript(planned, run.options.scriptBytes)
  const work = {release, migrations: [migration.name]}
  try {
    await verifyReadOnly(run.session, script, run.options, (task) => send(run, work, task))
  } catch (error) {
    // what it verifies is in the database
    throw error instanceof StatementFailure ? error.withOutcome('no-transaction') : error
  }
  await run.reporter.step({type: 'verified', release, migration: migration.name, passed: true})
}
