import type {Migration} from '../../artifact/release.ts'

/** A migration to run, with its place in its release. */
export interface PlannedMigration {
  /** In the release, from 1. */
  readonly position: number
  readonly migration: Migration
  /** Outside transactions: how many statements are done already. */
  readonly statementsDone: number
  /** Outside transactions: one more was begun, and it is not known whether it was done. */
  readonly statementOpen: boolean
}

/** What commits together; a script outside transactions stands alone. */
export interface Segment {
  readonly transaction: boolean
  readonly migrations: readonly PlannedMigration[]
}

/** `release`: neighbouring transactional scripts share a transaction. `migration`: one each. */
export type TransactionMode = 'release' | 'migration'

export function segmentsOf(
  migrations: readonly PlannedMigration[],
  mode: TransactionMode,
): readonly Segment[] {
  const segments: Segment[] = []
  for (const planned of migrations) {
    const {transaction} = planned.migration.forward
    const last = segments.at(-1)
    if (transaction && last?.transaction === true && mode === 'release') {
      segments[segments.length - 1] = {...last, migrations: [...last.migrations, planned]}
    } else {
      segments.push({transaction, migrations: [planned]})
    }
  }
  return segments
}
