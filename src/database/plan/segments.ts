import type {BatchedScript, Migration, ScriptRole} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import type {LedgerMigration} from '../ledger/ledger.ts'

/** A script by where an artifact has it. */
export interface ScriptSource {
  readonly release: Version
  readonly migration: Migration
  readonly role: ScriptRole
  readonly script: BatchedScript
}

/** A migration to apply or to undo, with its place in its release. */
export interface PlannedMigration {
  readonly release: Version
  /** In the release, from 1. */
  readonly position: number
  readonly migration: Migration
  /** To undo: what the ledger says of it. */
  readonly row?: LedgerMigration
  /** What is run for it: a script of its own, or to undo a repeatable one, the bytes of an earlier release. */
  readonly source: ScriptSource
  /** Outside transactions: how many statements are done already. */
  readonly statementsDone: number
  /** Outside transactions: one more was begun, and it is not known whether it was done. */
  readonly statementOpen: boolean
}

/** What commits together; a script outside transactions stands alone. */
export interface Segment<T = PlannedMigration> {
  readonly transaction: boolean
  readonly migrations: readonly T[]
}

/** `release`: neighbouring transactional scripts share a transaction. `migration`: one each. */
export type TransactionMode = 'release' | 'migration'

/** @param inTransaction whether the script of a migration runs in a transaction */
export function segmentsOf<T>(
  migrations: readonly T[],
  mode: TransactionMode,
  inTransaction: (migration: T) => boolean,
): readonly Segment<T>[] {
  const segments: Segment<T>[] = []
  for (const planned of migrations) {
    const transaction = inTransaction(planned)
    const last = segments.at(-1)
    if (transaction && last?.transaction === true && mode === 'release') {
      segments[segments.length - 1] = {...last, migrations: [...last.migrations, planned]}
    } else {
      segments.push({transaction, migrations: [planned]})
    }
  }
  return segments
}

export function plannedInTransaction({source}: PlannedMigration): boolean {
  return source.script.transaction
}

export function forwardOf(release: Version, migration: Migration): ScriptSource {
  return {release, migration, role: 'forward', script: migration.forward}
}
