import type {Version} from '../artifact/version.ts'
import type {PlannedRelease as Planned} from '../database/plan/plan.ts'

/** A release of the plan as people and programs read it. */
export interface PlannedRelease {
  readonly version: Version
  /** `atomic`: whole or not at all. `resumable`: several segments, gone on with where a run ended. */
  readonly kind: 'atomic' | 'resumable'
  /** Whether an earlier run began it, or began to undo it. */
  readonly continued: boolean
  /** A statement that it ended in, to be settled first: its migration, and its number from 1. */
  readonly open?: {readonly migration: string; readonly statement: number}
  readonly segments: readonly {
    readonly transaction: boolean
    readonly migrations: readonly string[]
  }[]
}

export function describePlanned(planned: Planned): PlannedRelease {
  const {release, kind, continued, segments, unsettled} = planned
  const migrations = segments.flatMap((segment) => segment.migrations)
  const open = unsettled ?? migrations.find(({statementOpen}) => statementOpen)
  return {
    version: release.version,
    kind,
    continued,
    ...(open && {open: {migration: open.migration.name, statement: open.statementsDone + 1}}),
    segments: segments.map(({transaction, migrations: parts}) => ({
      transaction,
      migrations: parts.map(({migration}) => migration.name),
    })),
  }
}
