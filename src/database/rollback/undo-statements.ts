import {runOutside} from '../outside/run-script.ts'
import type {Run} from '../apply/run.ts'
import {loadScript} from '../apply/script.ts'
import {closeRelease, rowOf, workOf} from '../apply/segment.ts'
import type {SegmentWork} from '../apply/segment.ts'
import {endStatement} from '../writes/migrations.ts'
import {closeAgain, deleteMigration, reopenRelease, startUndo, unstartUndo} from './writes.ts'

/**
 * Undoes a migration by a script that can't run in a transaction: its row is `undoing` until the last statement is done,
 * and then goes.
 * @param left migrations of the release that are still applied, this one among them
 * @throws as `runOutside` does
 */
export async function undoStatements(run: Run, segment: SegmentWork, left: number): Promise<void> {
  const [planned] = segment.migrations
  if (planned === undefined) return
  const {release, position, continued} = segment.planned
  const {writer} = run
  const {name} = planned.migration
  const row = rowOf(segment, planned)
  const reopen = reopenRelease(writer, position)
  const untouched = segment.first && !continued
  const work = workOf(segment)
  await runOutside(run, {
    script: await loadScript(planned, run.options.scriptBytes),
    work,
    migration: name,
    done: planned.statementsDone,
    open: planned.statementOpen,
    partial: {version: release.version, done: left, of: release.migrations.length},
    records: {
      begin: (statement) => [reopen, startUndo(writer, row, statement)],
      next: (statement) => [startUndo(writer, row, statement)],
      finish: () => [
        deleteMigration(writer, row),
        ...(segment.last ? closeRelease(run, segment) : [reopen]),
      ],
      ended: (statement) => [endStatement(writer, row, statement)],
      takeBack: (statement) => [
        unstartUndo(writer, row, planned.row, statement),
        ...(untouched && statement === 1 ? [closeAgain(writer, position)] : []),
      ],
    },
  })
  await run.reporter.step({type: 'migration-done', release: work.release, migration: name})
}
