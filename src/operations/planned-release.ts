import type {Version} from '../artifact/version.ts'
import type {PlannedRelease as Planned} from '../database/plan/plan.ts'

/** A release of the plan as people and programs read it. */
export interface PlannedRelease {
  readonly version: Version
  /** `atomic`: whole or not at all. `resumable`: several segments, gone on with where a run ended. */
  readonly kind: 'atomic' | 'resumable'
  /** Whether an earlier run began it, or began to undo it. */
  readonly continued: boolean
  readonly segments: readonly {
    readonly transaction: boolean
    readonly migrations: readonly string[]
  }[]
}

export function describePlanned({release, kind, continued, segments}: Planned): PlannedRelease {
  return {
    version: release.version,
    kind,
    continued,
    segments: segments.map(({transaction, migrations}) => ({
      transaction,
      migrations: migrations.map(({migration}) => migration.name),
    })),
  }
}
