import {startProcess} from '../../../test/support/process.ts'
import type {Ended, Started} from '../../../test/support/process.ts'
import type {TransactionMode} from '../../../src/database/plan/segments.ts'

/** What the victim's process is to do. */
export interface Job {
  readonly url: string
  readonly transaction: TransactionMode
  /** Number of the report, from 1, at which it kills itself. */
  readonly at?: number
}

const program = new URL('../programs/victim.ts', import.meta.url)

export function startVictim(job: Job): Started {
  return startProcess(program, [JSON.stringify(job)])
}

/** Told apart from one that failed by itself. */
export function wasKilled({signal}: Ended): boolean {
  return signal === 'SIGKILL'
}
