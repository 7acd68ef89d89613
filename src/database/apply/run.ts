import type {ApplyPlan} from '../plan/plan.ts'
import type {Reached} from '../plan/reached.ts'
import type {Session} from '../session.ts'
import type {ApplyOptions} from './options.ts'
import type {Reporter} from './reporter.ts'
import type {Work} from './steps.ts'
import type {Writer} from './writes.ts'

/** One run of apply, as it goes on. */
export interface Run {
  readonly session: Session
  readonly options: ApplyOptions
  readonly reporter: Reporter
  readonly writer: Writer
  /** Of the advisory lock. */
  readonly key: string
  readonly interruption: Interruption
  plan: ApplyPlan
  /** Of the ledger as this run knows it. */
  fingerprint: string
  reached: Reached
  /** What the server is at. */
  current?: Work
  /** It has the lock of its session. */
  hasSessionLock: boolean
  /** Its own event is in the ledger. */
  recorded: boolean
}

/** The wish of a person or a system that the run ends. */
export interface Interruption {
  readonly signal: AbortSignal | undefined
  /** @throws Interrupted */
  readonly check: () => void
}

/** The run was told to end; what the person is shown is made where the state of the database is known. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** Another run, or a hand, changed the ledger since it was read: plan again. */
export class LedgerChanged extends Error {
  override readonly name = 'LedgerChanged'
}

export function interruptionOf(signal: AbortSignal | undefined): Interruption {
  return {
    signal,
    check: () => {
      if (signal?.aborted === true) throw new Interrupted('interrupted', {cause: signal.reason})
    },
  }
}
