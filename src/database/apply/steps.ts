import type {Version} from '../../artifact/version.ts'
import type {LockOwner} from '../lock.ts'
import type {Progress} from './progress.ts'
import type {Notice} from '../session.ts'

/**
 * What a run reports as it goes: the progress display, the JSON lines and the tests that kill it at each step
 * listen to the same. Times in milliseconds.
 */
export type Step =
  | {readonly type: 'lock-waiting'; readonly owner?: LockOwner; readonly waited: number}
  /** Another session still builds or drops an index that a killed run began with. */
  | {readonly type: 'build-waiting'; readonly owner?: LockOwner; readonly waited: number}
  | {readonly type: 'lock-taken'; readonly scope: 'session' | 'transaction'}
  | {readonly type: 'ledger-created'; readonly schema: string}
  /** Another run changed the ledger: what it did along the same artifact is skipped. */
  | {readonly type: 'replanned'; readonly skipped: readonly Version[]}
  | {readonly type: 'run-recorded'; readonly runId: string}
  | {readonly type: 'release-begun'; readonly release: Version; readonly migrations: number}
  | ({readonly type: 'segment-begun'; readonly transaction: boolean} & Work)
  /** A message of SQL is about to be sent; a script above one megabyte goes in several. */
  | ({readonly type: 'batch-sent'; readonly batch: number; readonly batches: number} & Work)
  | ({readonly type: 'statement-started'} & StatementOf)
  /** One that was begun and not recorded as done: what the catalogue shows of it, and what is done about it. */
  | ({
      readonly type: 'statement-settled'
      readonly outcome: 'done' | 'again'
      readonly repairs: readonly string[]
    } & StatementOf)
  | ({readonly type: 'statement-done'} & StatementOf)
  /** Its SQL ran and its ledger row is written; in a transaction neither is committed yet. */
  | {readonly type: 'migration-done'; readonly release: Version; readonly migration: string}
  /** A verify script ran to its end, or failed. */
  | {
      readonly type: 'verified'
      readonly release: Version
      readonly migration: string
      readonly passed: boolean
    }
  | ({readonly type: 'committing'} & Work)
  | ({readonly type: 'committed'} & Work)
  | {readonly type: 'release-applied'; readonly release: Version}
  | {readonly type: 'release-undone'; readonly release: Version}
  | {
      readonly type: 'retry'
      readonly release: Version
      readonly sqlstate: string
      readonly message: string
      /** From 1. */
      readonly attempt: number
      readonly limit: number
      readonly delay: number
    }
  /** Scripts said more than the listener could take: that many notices were not reported. */
  | {readonly type: 'notices-dropped'; readonly count: number}
  | {readonly type: 'notice'; readonly notice: Notice; readonly work?: Work}
  /** A message has been running for that long. */
  | ({
      readonly type: 'heartbeat'
      readonly elapsed: number
      /** Of the statement, where the server shows it. */
      readonly progress?: Progress
    } & Work)

/** What is being worked on. */
export interface Work {
  readonly release: Version
  readonly migrations: readonly string[]
}

interface StatementOf {
  readonly release: Version
  readonly migration: string
  /** From 1. */
  readonly statement: number
  readonly statements: number
}

export type OnStep = (step: Step) => void | Promise<void>
