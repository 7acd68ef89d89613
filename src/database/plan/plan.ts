import {migrationLabel} from '../../artifact/release.ts'
import type {ArtifactConfig, ReleaseEntry} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {headOf} from '../ledger/ledger.ts'
import type {Ledger, LedgerMigration, LedgerRelease} from '../ledger/ledger.ts'
import {checkAgainstArtifact} from './agreement.ts'
import {compare, foreignProject, packedAs, refuseStanding} from './compare.ts'
import {reachedBy} from './reached.ts'
import type {Reached} from './reached.ts'
import {forwardOf, plannedInTransaction, segmentsOf} from './segments.ts'
import type {PlannedMigration, Segment, TransactionMode} from './segments.ts'

export interface PlanOptions {
  /** Default: `release`. */
  readonly transaction?: TransactionMode
  /** A database that has more than the artifact is fine. */
  readonly allowAhead?: boolean
  /** A database that holds objects but no ledger is fine. */
  readonly allowNonempty?: boolean
}

/** A release to apply, or to go on with; or one to undo. */
export interface PlannedRelease {
  readonly release: ReleaseEntry
  /** In the ledger. */
  readonly position: number
  /** Whether an earlier run began it, or began to undo it. */
  readonly continued: boolean
  /** One segment: it is applied whole or not at all. Several: a run that ends between them is gone on with. */
  readonly kind: 'atomic' | 'resumable'
  readonly segments: readonly Segment[]
  /** To undo: a migration that a killed run was in the middle of, forward, whose open statement is settled before. */
  readonly unsettled?: PlannedMigration
}

/** What `apply` will do, as data: made before the lock for people to see, and again wherever the ledger has changed. */
export interface ApplyPlan {
  readonly config: ArtifactConfig
  readonly options: PlanOptions
  readonly schema: string
  /** The newest release now; absent in an empty ledger. */
  readonly from?: Version
  /** What is committed now, as an error says it. */
  readonly reached: Reached
  /** What the database will be at. */
  readonly to: Version
  readonly releases: readonly PlannedRelease[]
  /** With `allowAhead`: what the database has beyond the artifact. */
  readonly ahead: readonly Version[]
  /** Of the ledger that this was planned on. */
  readonly fingerprint: string
}

/**
 * Plans to bring a database to an artifact: everything that the artifact has and the ledger lacks, in the artifact's order.
 * @throws OTHER_PROJECT, DATABASE_NOT_EMPTY, DIVERGED, DATABASE_AHEAD, OTHER_LINE, UNRESOLVED, INTEGRITY
 */
export function planApply(
  config: ArtifactConfig,
  ledger: Ledger,
  options: PlanOptions = {},
): ApplyPlan {
  const foreign = foreignProject(config, ledger)
  if (foreign !== undefined) throw foreign
  const standing = compare(config, ledger)
  const isAhead = standing.kind === 'ahead' && options.allowAhead === true
  if (!isAhead) refuseStanding(standing, config, ledger)
  checkAgainstArtifact(config, ledger)
  if (options.allowNonempty !== true && config.releases.length > 0) checkEmpty(ledger)
  const releases = planReleases(config, ledger, options.transaction ?? 'release')
  const from = headOf(ledger)?.version
  return {
    config,
    options,
    schema: ledger.schema,
    ...(from === undefined ? {} : {from}),
    reached: reachedBy(ledger, config),
    to: isAhead && from !== undefined ? from : config.version,
    releases,
    ahead: standing.kind === 'ahead' ? standing.extra.map(({version}) => version) : [],
    fingerprint: ledger.fingerprint,
  }
}

/** Whether it needs a session of its own: poolers that give each transaction another connection won't do. */
export function needsDirectConnection({
  releases,
}: {
  readonly releases: readonly PlannedRelease[]
}): boolean {
  return releases.some(
    ({segments, unsettled}) =>
      unsettled !== undefined || segments.some(({transaction}) => !transaction),
  )
}

function checkEmpty({releases, occupants}: Ledger): void {
  if (releases.length > 0 || occupants.length === 0) return
  throw new SquizzleError(
    'DATABASE_NOT_EMPTY',
    `the database is not empty and has no ledger: it holds ${occupants.slice(0, 3).join(', ')}`,
    {
      hint: 'Check the database URL. If it has what a version makes, adopt it with `squizzle baseline <version>`; if its objects have nothing to do with these migrations, add --allow-nonempty.',
      details: {objects: occupants},
    },
  )
}

function planReleases(
  config: ArtifactConfig,
  ledger: Ledger,
  mode: TransactionMode,
): readonly PlannedRelease[] {
  const begun = ledger.releases.flatMap((recorded) => {
    const release = packedAs(config, recorded)
    if (recorded.state === 'applied' || release === undefined) return []
    return [planRelease(release, recorded.position, recorded, mode)]
  })
  const recorded = new Set(ledger.releases.map((release) => packedAs(config, release)))
  const fresh = config.releases
    .filter((release) => !recorded.has(release))
    .map((release, index) =>
      planRelease(release, ledger.releases.length + 1 + index, undefined, mode),
    )
  return [...begun, ...fresh]
}

function planRelease(
  release: ReleaseEntry,
  position: number,
  recorded: LedgerRelease | undefined,
  mode: TransactionMode,
): PlannedRelease {
  const planned = release.migrations.flatMap((migration, index): PlannedMigration[] => {
    const row = recorded?.migrations.find((candidate) => candidate.position === index + 1)
    if (row?.state === 'done') return []
    if (row?.state === 'undoing') throw beingUndone(release, row)
    const {started, done} = row?.statements ?? {started: 0, done: 0}
    return [
      {
        release: release.version,
        position: index + 1,
        migration,
        source: forwardOf(release.version, migration),
        statementsDone: done,
        statementOpen: started > done,
      },
    ]
  })
  const segments = segmentsOf(planned, mode, plannedInTransaction)
  const whole = segmentsOf(release.migrations, mode, ({forward}) => forward.transaction)
  return {
    release,
    position,
    continued: recorded !== undefined,
    kind: whole.length > 1 ? 'resumable' : 'atomic',
    // a release without migrations still has its ledger row to write
    segments: segments.length > 0 ? segments : [{transaction: true, migrations: []}],
  }
}

/** Half of its rollback is done: forward is no way out. */
function beingUndone({version}: ReleaseEntry, row: LedgerMigration): SquizzleError {
  const label = migrationLabel(version, row.name)
  return new SquizzleError('UNRESOLVED', `the rollback of ${label} was interrupted`, {
    hint: 'Finish it with `squizzle rollback`, then apply again.',
    details: {release: version, migration: row.name, runId: row.runId},
  })
}
