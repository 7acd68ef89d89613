import {verifyOf} from '../plan/verify.ts'
import {verifyAfter} from '../verify/verify-after.ts'
import {runOutside} from '../outside/run-script.ts'
import type {Run} from './run.ts'
import {loadScript} from './script.ts'
import {closeRelease, openRelease, rowOf, workOf} from './segment.ts'
import type {SegmentWork} from './segment.ts'
import {
  endStatement,
  finishMigration,
  startStatement,
  unstartStatement,
} from '../writes/migrations.ts'

/**
 * Applies a script that can't run in a transaction.
 * @throws as `runOutside` does
 */
export async function applyStatements(run: Run, segment: SegmentWork): Promise<void> {
  const work = workOf(segment)
  const [planned] = segment.migrations
  if (planned === undefined) return
  const {release} = segment.planned
  const {name} = planned.migration
  const {writer} = run
  const script = await loadScript(planned, run.options.scriptBytes)
  const row = rowOf(segment, planned)
  const check = run.options.verify ? verifyOf(release, planned.position) : undefined
  await runOutside(run, {
    script,
    work,
    migration: name,
    done: planned.statementsDone,
    open: planned.statementOpen,
    partial: {version: release.version, done: 0, of: release.migrations.length},
    records: {
      begin: (statement) => [...openRelease(run, segment), startStatement(writer, row, statement)],
      next: (statement) => [startStatement(writer, row, statement)],
      finish: (milliseconds) => [
        finishMigration(writer, row, script.batches.length, milliseconds),
        ...closeRelease(run, segment),
      ],
      ended: (statement) => [endStatement(writer, row, statement)],
      takeBack: (statement) => [unstartStatement(writer, row, statement)],
    },
    ...(check !== undefined && {
      check: {
        verify: () => verifyAfter(run, check),
      },
    }),
  })
  await run.reporter.step({type: 'migration-done', release: work.release, migration: name})
}
