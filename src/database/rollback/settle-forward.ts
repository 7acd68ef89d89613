import {applyKind} from '../apply/apply-kind.ts'
import {LedgerChanged} from '../apply/run.ts'
import type {Run} from '../apply/run.ts'
import {loadScript} from '../apply/script.ts'
import {rowOf} from '../apply/segment.ts'
import type {SegmentWork} from '../apply/segment.ts'
import {
  endStatement,
  finishMigration,
  settleStatement,
  startStatement,
  unstartStatement,
} from '../writes/migrations.ts'
import {takeOverRelease} from '../writes/releases.ts'
import {settleOpen} from '../outside/settle-open.ts'
import type {PlannedRelease} from '../plan/plan.ts'

/**
 * Settles the forward statement in which an earlier run died, as a re-run of it would: what there is to undo is known
 * only then.
 * @throws LedgerChanged after it: the plan is to be made anew; as `settleOpen` does
 */
export async function settleForward(run: Run, planned: PlannedRelease): Promise<void> {
  const {unsettled, release, position} = planned
  if (unsettled === undefined) return
  const {writer} = run
  const {name} = unsettled.migration
  const work = {release: release.version, migrations: [name]}
  const isLast = unsettled.position === release.migrations.length
  const segment: SegmentWork = {
    transaction: false,
    migrations: [unsettled],
    planned,
    first: false,
    last: isLast,
  }
  const row = rowOf(segment, unsettled)
  const script = await loadScript(unsettled, run.options.scriptBytes)
  const statements = script.batches.length
  const finish = (milliseconds: number) => [
    finishMigration(writer, row, statements, milliseconds),
    ...applyKind.records.close(writer, segment),
  ]
  const takeBack = (statement: number) => [unstartStatement(writer, row, statement)]
  await settleOpen(
    run,
    {
      script,
      work,
      migration: name,
      done: unsettled.statementsDone,
      open: true,
      partial: {
        version: release.version,
        done: unsettled.position - 1,
        of: release.migrations.length,
      },
      records: {
        begin: (statement) => [
          takeOverRelease(writer, position),
          startStatement(writer, row, statement),
        ],
        next: (statement) => [startStatement(writer, row, statement)],
        finish,
        ended: (statement) => [endStatement(writer, row, statement)],
        takeBack,
      },
    },
    {
      done: (statement) =>
        statement === statements ? finish(0) : [settleStatement(writer, row, statement)],
      again: takeBack,
    },
  )
  throw new LedgerChanged('an open statement was settled')
}
