import {startProcess} from '../../../test/support/process.ts'
import type {Ended, Started} from '../../../test/support/process.ts'
import type {TransactionMode} from '../../../src/database/plan/segments.ts'
import type {ReleaseSource} from '../../../test/database/support/artifact.ts'

/** What the process is to do that kills itself. */
export interface Job {
  readonly url: string
  readonly direction: 'apply' | 'rollback'
  readonly transaction: TransactionMode
  /** Of a rollback: undoes the newest release where absent. */
  readonly to?: string
  /** Number of the report, from 1, at which it dies. */
  readonly at: number
}

export function startVictim(job: Job): Started {
  return startProcess(new URL('../programs/victim.ts', import.meta.url), [JSON.stringify(job)])
}

/** A process to kill from outside. */
export function startApply(url: string, releases: readonly ReleaseSource[]): Started {
  return startProcess(new URL('../programs/apply-releases.ts', import.meta.url), [
    url,
    JSON.stringify(releases),
  ])
}

/** Told apart from one that failed by itself. */
export function wasKilled({signal}: Ended): boolean {
  return signal === 'SIGKILL'
}
