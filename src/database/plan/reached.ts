import type {ArtifactConfig} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import {headOf} from '../ledger/ledger.ts'
import type {Ledger, LedgerRelease} from '../ledger/ledger.ts'
import {packedAs} from './compare.ts'

/** Where a database is, for all that is committed. */
export interface Reached {
  /** The newest release that is applied; absent in an empty database. */
  readonly at?: Version
  /** A release of which only some migrations are. */
  readonly partial?: {readonly version: Version; readonly done: number; readonly of: number}
  /**
   * A statement that was begun and not recorded as done: `1.1.0/0004_orders`, its number, and whether the next run
   * settles it by the catalogue.
   */
  readonly open?: {
    readonly migration: string
    readonly statement: number
    readonly settled: boolean
  }
}

/** Where a database is, by its ledger. */
export function reachedBy(ledger: Ledger, config: ArtifactConfig): Reached {
  return reachedIn(ledger, (head) => packedAs(config, head)?.migrations.length)
}

/** @param sizeOf how many migrations a release has, where that is known */
export function reachedIn(
  ledger: Ledger,
  sizeOf: (release: LedgerRelease) => number | undefined,
): Reached {
  const at = ledger.releases.findLast(({state}) => state === 'applied')?.version
  const head = headOf(ledger)
  if (head?.state !== 'applying') return at === undefined ? {} : {at}
  const done = head.migrations.filter(({state}) => state === 'done').length
  const of = sizeOf(head) ?? done
  return {...(at === undefined ? {} : {at}), partial: {version: head.version, done, of}}
}
