import type {ReleaseEntry} from '../../artifact/release.ts'
import {sameVersion} from '../../artifact/version.ts'
import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {headOf} from '../ledger/ledger.ts'
import type {Ledger, LedgerRelease} from '../ledger/ledger.ts'
import {checkAgainstRelease} from './agreement.ts'
import type {PlannedRelease} from './plan.ts'
import {reachedIn} from './reached.ts'
import type {Reached} from './reached.ts'
import {forwardOf, plannedInTransaction, segmentsOf} from './segments.ts'
import type {PlannedMigration, TransactionMode} from './segments.ts'
import {refuseStaying} from './staying.ts'
import {planUndone} from './undone.ts'

/** A release of the ledger as an artifact has it; undefined where no artifact is known that does. */
export type PackedOf = (release: LedgerRelease) => ReleaseEntry | undefined

/** What `rollback` will do, as data: made before the lock for people to see, and again wherever the ledger has changed. */
export interface RollbackPlan {
  readonly schema: string
  readonly project: string
  readonly packed: PackedOf
  /** As chosen: a plan made anew has fewer `releases`, never others. */
  readonly undone: readonly LedgerRelease[]
  readonly transaction: TransactionMode
  /** The newest release now; absent in an empty ledger. */
  readonly from?: Version
  /** What the database will be at; absent where no release will be left. */
  readonly to?: Version
  /** What is committed now, as an error says it. */
  readonly reached: Reached
  /** In the order in which they are undone: newest first. */
  readonly releases: readonly PlannedRelease[]
  /** Of the ledger that this was planned on. */
  readonly fingerprint: string
}

/**
 * The releases that a rollback undoes, newest first: the newest alone, or all above a version.
 * @throws VERSION_NOT_FOUND where the ledger does not have that version
 */
export function releasesToUndo(ledger: Ledger, to?: Version): readonly LedgerRelease[] {
  if (to === undefined) return ledger.releases.slice(-1)
  const target = ledger.releases.find(({version}) => sameVersion(version, to))
  if (target === undefined) throw notInLedger(ledger, to)
  return ledger.releases.slice(target.position).toReversed()
}

/**
 * Plans to undo releases.
 * @param undone chosen once, by `releasesToUndo`: those that another run has undone since are left out
 * @throws ROLLBACK_FAILED for a release that can't be undone; DATABASE_AHEAD where newer ones came in between; UNRESOLVED, INTEGRITY
 */
export function planRollback(
  ledger: Ledger,
  undone: readonly LedgerRelease[],
  packed: PackedOf,
  transaction: TransactionMode,
): RollbackPlan {
  const left = ledger.releases.filter((release) => undone.some((one) => isSame(one, release)))
  const staying = ledger.releases.slice(0, ledger.releases.length - left.length)
  refuseNewer(ledger, left)
  for (const recorded of ledger.releases) {
    const entry = packed(recorded)
    if (entry !== undefined) checkAgainstRelease(recorded, entry)
  }
  refuseStaying(staying, left, packed)
  const releases = left
    .toReversed()
    .map((recorded) => planRelease(ledger, recorded, packed, transaction))
  const [from, to] = [headOf(ledger)?.version, staying.at(-1)?.version]
  return {
    schema: ledger.schema,
    project: ledger.meta?.project ?? '',
    packed,
    undone,
    transaction,
    ...(from === undefined ? {} : {from}),
    ...(to === undefined ? {} : {to}),
    reached: reachedIn(ledger, (release) => packed(release)?.migrations.length),
    releases,
    fingerprint: ledger.fingerprint,
  }
}

function planRelease(
  ledger: Ledger,
  recorded: LedgerRelease,
  packed: PackedOf,
  mode: TransactionMode,
): PlannedRelease {
  const release = packed(recorded)
  if (recorded.origin === 'baseline') throw notRun(recorded)
  if (release === undefined) throw new Error(`no artifact was looked up for ${recorded.version}`)
  const undone = recorded.migrations
    .toReversed()
    .map((row) => planUndone(ledger, recorded, release, row, packed))
  const segments = segmentsOf(undone, mode, plannedInTransaction)
  const unsettled = openForward(release, recorded)
  return {
    release,
    position: recorded.position,
    continued: recorded.state === 'applying',
    kind: segments.length > 1 ? 'resumable' : 'atomic',
    // a release without migrations still has its ledger row to take away
    segments: segments.length > 0 ? segments : [{transaction: true, migrations: []}],
    ...(unsettled !== undefined && {unsettled}),
  }
}

/** A statement of a forward script that was begun, and not recorded as done. */
function openForward(release: ReleaseEntry, recorded: LedgerRelease): PlannedMigration | undefined {
  const row = recorded.migrations.at(-1)
  const migration = row && release.migrations[row.position - 1]
  if (row?.state !== 'begun' || row.statements === undefined || migration === undefined) {
    return undefined
  }
  const {started, done} = row.statements
  if (started === done) return undefined
  return {
    release: release.version,
    position: row.position,
    migration,
    source: forwardOf(release.version, migration),
    statementsDone: done,
    statementOpen: true,
  }
}

/** What a rollback script would undo is what its forward script did, and that was somebody else. */
function notRun({version}: LedgerRelease): SquizzleError {
  return new SquizzleError(
    'ROLLBACK_FAILED',
    `${version} cannot be rolled back: it was not run here, a baseline recorded it`,
    {
      hint: 'Nothing was done. Undo the change with a new migration in a new version.',
      details: {release: version, origin: 'baseline'},
    },
  )
}

function isSame(one: LedgerRelease, other: LedgerRelease): boolean {
  return one.version === other.version && one.diffId === other.diffId
}

/** What is undone must be the newest: another run may have applied a release on top since it was chosen. */
function refuseNewer({releases}: Ledger, left: readonly LedgerRelease[]): void {
  const lowest = left[0]?.position
  const newer = releases.filter(
    (release) => lowest !== undefined && release.position > lowest && !left.includes(release),
  )
  if (newer.length === 0) return
  const versions = newer.map(({version}) => version)
  throw new SquizzleError(
    'DATABASE_AHEAD',
    `the database is ahead: another run applied ${versions.join(', ')} in the meantime`,
    {
      hint: 'Look at `squizzle status`, then say with --to what the database should be at.',
      details: {ahead: versions},
    },
  )
}

function notInLedger({releases}: Ledger, to: Version): SquizzleError {
  const versions = releases.map(({version}) => version)
  const list = versions.toReversed().slice(0, 5).join(', ')
  return new SquizzleError('VERSION_NOT_FOUND', `the database does not have ${to}`, {
    hint:
      versions.length === 0
        ? 'Nothing has been applied to it.'
        : `It has ${list}${versions.length > 5 ? ', ...' : ''}: name one of these with --to.`,
    details: {version: to, database: versions},
  })
}
