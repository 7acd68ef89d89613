import {migrationLabel} from '../../artifact/release.ts'
import type {ArtifactConfig} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import type {ErrorCode, SquizzleError} from '../../errors.ts'
import {headOf} from '../ledger/ledger.ts'
import type {Ledger, LedgerMigration, LedgerRelease} from '../ledger/ledger.ts'
import {checkAgainstArtifact} from './agreement.ts'
import {compare, foreignProject, packedAs, problemOf} from './compare.ts'
import type {Standing} from './compare.ts'
import {resolveCommand} from './resolve.ts'

export interface DatabaseStatus {
  readonly schema: string
  readonly ledger: 'absent' | 'empty' | 'present'
  readonly project?: string
  /** The newest release. */
  readonly current?: Version
  readonly releases: readonly LedgerRelease[]
  /** Releases that no run has finished, and no live session works on. */
  readonly interrupted: readonly InterruptedRelease[]
  /** Compared with an artifact, where one is given. */
  readonly artifact?: {
    readonly version: Version
    readonly standing: Standing['kind'] | 'other-project'
    /** Of the artifact, not or not wholly applied; in its order. */
    readonly pending: readonly Version[]
    /** In the database, not in the artifact. */
    readonly extra: readonly Version[]
    /** Why an apply would refuse, and what to do about it. */
    readonly problem?: {readonly code: ErrorCode; readonly message: string; readonly hint?: string}
  }
}

export interface InterruptedRelease {
  readonly version: Version
  readonly since: string
  /** `running`: a session holds the lock. `between`: behind a transaction pooler that can't be told from an interruption. */
  readonly state: 'interrupted' | 'running' | 'between'
  /** It was being rolled back, by a script outside transactions: only that goes on. */
  readonly undoing?: true
  /**
   * A statement that was begun and not recorded as done: `1.1.0/0004_orders`, its number, the command that goes on with
   * it, and the one that that command asks for where only a person can tell what became of it.
   */
  readonly open?: {
    readonly migration: string
    readonly statement: number
    readonly next: 'apply' | 'rollback'
    readonly resolve: string
  }
}

/**
 * What `status` shows.
 * @param running whether a live session holds the ledger's lock
 * @throws INTEGRITY where the ledger disagrees with the artifact, as an apply would find
 */
export function describeStatus(
  ledger: Ledger,
  config?: ArtifactConfig,
  running = false,
): DatabaseStatus {
  const current = headOf(ledger)?.version
  return {
    schema: ledger.schema,
    ledger: !ledger.exists ? 'absent' : ledger.meta === undefined ? 'empty' : 'present',
    ...(ledger.meta === undefined ? {} : {project: ledger.meta.project}),
    ...(current === undefined ? {} : {current}),
    releases: ledger.releases,
    interrupted: ledger.releases
      .filter(({state}) => state === 'applying')
      .map((release) => describeUnfinished(release, running)),
    ...(config === undefined ? {} : {artifact: describeStanding(ledger, config)}),
  }
}

function describeUnfinished(release: LedgerRelease, running: boolean): InterruptedRelease {
  const open = release.migrations.find(
    ({statements}) => statements !== undefined && statements.started > statements.done,
  )
  return {
    version: release.version,
    since: release.startedAt,
    state: running ? 'running' : release.pooled ? 'between' : 'interrupted',
    ...(release.migrations.some(({state}) => state === 'undoing') && {undoing: true}),
    ...(open?.statements === undefined ? {} : {open: describeOpen(release, open)}),
  }
}

function describeOpen(
  {version}: LedgerRelease,
  {name, state, statements}: LedgerMigration,
): NonNullable<InterruptedRelease['open']> {
  const migration = migrationLabel(version, name)
  return {
    migration,
    statement: statements?.started ?? 0,
    next: state === 'undoing' ? 'rollback' : 'apply',
    resolve: resolveCommand(migration),
  }
}

function describeStanding(
  ledger: Ledger,
  config: ArtifactConfig,
): NonNullable<DatabaseStatus['artifact']> {
  const applied = new Set(
    ledger.releases
      .filter(({state}) => state === 'applied')
      .map((release) => packedAs(config, release)),
  )
  const foreign = foreignProject(config, ledger)
  const standing = compare(config, ledger)
  const problem = foreign ?? problemOf(standing, config, ledger)
  if (foreign === undefined) checkAgainstArtifact(config, ledger)
  return {
    version: config.version,
    standing: foreign === undefined ? standing.kind : 'other-project',
    pending: config.releases.filter((release) => !applied.has(release)).map(({version}) => version),
    extra: ledger.releases
      .filter((release) => packedAs(config, release) === undefined)
      .map(({version}) => version),
    ...(problem === undefined ? {} : {problem: wordsOf(problem)}),
  }
}

function wordsOf({code, message, hint}: SquizzleError) {
  return {code, message, ...(hint === undefined ? {} : {hint})}
}
