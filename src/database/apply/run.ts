import {randomUUID} from 'node:crypto'
import {quoteSchema} from '../ledger/ddl.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {lockKey} from '../lock.ts'
import type {Reached} from '../plan/reached.ts'
import type {Session} from '../session.ts'
import type {RunKind} from './kind.ts'
import type {ApplyOptions} from './options.ts'
import {createReporter} from './reporter.ts'
import type {Reporter} from './reporter.ts'
import type {Work} from './steps.ts'
import type {Writer} from '../writes/writer.ts'

/** What a run knows of its ledger before it begins. */
export interface RunPlace {
  /** Of the ledger. */
  readonly schema: string
  readonly project: string
  readonly fingerprint: string
  readonly reached: Reached
  /** Where the database is, by a ledger read anew. */
  readonly reachedBy: (ledger: Ledger) => Reached
}

/** One run that changes a database, as it goes on. */
export interface Run {
  readonly kind: RunKind
  readonly session: Session
  readonly options: ApplyOptions
  readonly reporter: Reporter
  readonly writer: Writer
  readonly schema: string
  readonly project: string
  /** Of the advisory lock. */
  readonly key: string
  readonly interruption: Interruption
  readonly reachedBy: RunPlace['reachedBy']
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

export function startRun(
  kind: RunKind,
  session: Session,
  place: RunPlace,
  options: ApplyOptions,
): Run {
  return {
    kind,
    session,
    options,
    ...place,
    reporter: createReporter(options.onStep),
    interruption: interruptionOf(options.signal),
    key: lockKey(place.schema, place.project),
    writer: {
      schema: quoteSchema(place.schema),
      runId: randomUUID(),
      author: options.author,
      artifact: options.artifact ?? {},
    },
    hasSessionLock: false,
    recorded: false,
  }
}

function interruptionOf(signal: AbortSignal | undefined): Interruption {
  return {
    signal,
    check: () => {
      if (signal?.aborted === true) throw new Interrupted('interrupted', {cause: signal.reason})
    },
  }
}
