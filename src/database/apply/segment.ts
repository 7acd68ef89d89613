import type {PlannedRelease} from '../plan/plan.ts'
import type {PlannedMigration, Segment} from '../plan/segments.ts'
import type {Run} from './run.ts'
import type {Work} from './steps.ts'
import type {MigrationRow} from '../writes/migrations.ts'

/** A segment with its place in its release. */
export interface SegmentWork extends Segment {
  readonly planned: PlannedRelease
  readonly first: boolean
  readonly last: boolean
}

export function workOf({planned, migrations}: SegmentWork): Work {
  return {
    release: planned.release.version,
    migrations: migrations.map(({migration}) => migration.name),
  }
}

/** The statements in front of a segment's first script. */
export function openRelease({kind, writer}: Run, segment: SegmentWork): readonly string[] {
  return kind.records.open(writer, segment)
}

/** The statements behind its last one. */
export function closeRelease({kind, writer}: Run, segment: SegmentWork): readonly string[] {
  return kind.records.close(writer, segment)
}

/** The ledger's row of a migration, but for its state. */
export function rowOf(
  {planned}: SegmentWork,
  {position, migration}: PlannedMigration,
): MigrationRow {
  const {name, kind, forward} = migration
  return {release: planned.position, position, name, kind, forward: forward.digest}
}
