import type {PlannedRelease} from '../plan/plan.ts'
import type {PlannedMigration, Segment} from '../plan/segments.ts'
import type {Run} from './run.ts'
import type {Work} from './steps.ts'
import {finishRelease, insertEvent, insertRelease, takeOverRelease} from './writes.ts'
import type {MigrationRow} from './writes.ts'

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

/** The statements with which a release's first segment begins. */
export function openRelease({writer}: Run, {planned, first}: SegmentWork): readonly string[] {
  if (!first) return []
  const {continued, position, release} = planned
  return [continued ? takeOverRelease(writer, position) : insertRelease(writer, release, position)]
}

/** The statements with which its last one ends. */
export function closeRelease({writer}: Run, {planned, last}: SegmentWork): readonly string[] {
  if (!last) return []
  const {version, diffId} = planned.release
  return [
    finishRelease(writer, planned.position),
    insertEvent(writer, 'applied', {version, diffId}),
  ]
}

/** The ledger's row of a migration, but for its state. */
export function rowOf(
  {planned}: SegmentWork,
  {position, migration}: PlannedMigration,
): MigrationRow {
  const {name, kind, forward} = migration
  return {release: planned.position, position, name, kind, forward: forward.digest}
}
