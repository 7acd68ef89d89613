import {migrationLabel} from '../../artifact/release.ts'
import type {LoadedScript} from '../apply/script.ts'
import type {Work} from '../apply/steps.ts'
import type {Reached} from '../plan/reached.ts'

/** A script outside transactions, forward or back, to be run one statement at a time. */
export interface OutsideScript {
  readonly script: LoadedScript
  readonly work: Work
  /** As the ledger knows it, in the release of `work`. */
  readonly migration: string
  /** How many of its statements earlier runs did. */
  readonly done: number
  /** They began one more, and nobody recorded that it was done. */
  readonly open: boolean
  /** How far its release is once the first statement is begun, where nothing of the release was before. */
  readonly partial: NonNullable<Reached['partial']>
  readonly records: OutsideRecords
  /** What must hold before the script counts as done. */
  readonly check?: {
    /** @throws StatementFailure */
    readonly verify: () => Promise<void>
  }
}

/** `1.1.0/0004_orders`. */
export function labelOf({work, migration}: OutsideScript): string {
  return migrationLabel(work.release, migration)
}

/** A statement of it, from 1, as steps say it. */
export function placeOf({script, work, migration}: OutsideScript, statement: number) {
  return {release: work.release, migration, statement, statements: script.batches.length}
}

/** The SQL with which the ledger is told how far a script is, each list for a transaction of its own. Statements count from 1. */
export interface OutsideRecords {
  /** This run goes on with the script, and is about to run a statement of it. */
  readonly begin: (statement: number) => readonly string[]
  /** The one before is done, and this one about to run. */
  readonly next: (statement: number) => readonly string[]
  /** As far as this run knows it is done, and nothing more is about to run. */
  readonly ended: (statement: number) => readonly string[]
  /** All are done. @param milliseconds that they took in this run */
  readonly finish: (milliseconds: number) => readonly string[]
  /** The statement failed without a trace: as if it had not been begun. */
  readonly takeBack: (statement: number) => readonly string[]
}
