import type {ArtifactConfig, ReleaseEntry} from '../../artifact/release.ts'
import {isStable, sameVersion} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {headOf} from '../ledger/ledger.ts'
import type {Ledger, LedgerRelease} from '../ledger/ledger.ts'

/**
 * How a ledger stands to an artifact. Sets of (version, diffId) are compared, in no order and with no
 * high-water mark.
 */
export type Standing =
  /** All that the ledger has is in the artifact. */
  | {readonly kind: 'behind'}
  /** The artifact has nothing to add; the ledger has more. */
  | {readonly kind: 'ahead'; readonly extra: readonly LedgerRelease[]}
  /** The ledger has releases that the artifact lacks, and the other way round. */
  | {readonly kind: 'other-line'; readonly extra: readonly LedgerRelease[]}
  /** One version, two contents. */
  | {readonly kind: 'diverged'; readonly recorded: LedgerRelease; readonly packed: ReleaseEntry}
  /** A release was applied without one that it was built on. */
  | {readonly kind: 'hole'; readonly recorded: LedgerRelease; readonly lacks: string}

export function compare(
  {releases: packed}: ArtifactConfig,
  {releases: recorded}: Pick<Ledger, 'releases'>,
): Standing {
  const extra = recorded.filter((release) => !packed.some((entry) => isSame(entry, release)))
  for (const release of extra) {
    const entry = packed.find(({version}) => sameVersion(version, release.version))
    if (entry !== undefined) return {kind: 'diverged', recorded: release, packed: entry}
  }
  const hole = findHole(packed, recorded)
  if (hole !== undefined) return hole
  if (extra.length === 0) return {kind: 'behind'}
  const complete = packed.every((entry) =>
    recorded.some((release) => isSame(entry, release) && release.state === 'applied'),
  )
  return {kind: complete ? 'ahead' : 'other-line', extra}
}

/** The release of an artifact that a ledger's release is, or undefined. */
export function packedAs(
  {releases}: ArtifactConfig,
  recorded: LedgerRelease,
): ReleaseEntry | undefined {
  return releases.find((entry) => isSame(entry, recorded))
}

/** @throws DIVERGED, DATABASE_AHEAD, OTHER_LINE */
export function refuseStanding(standing: Standing, config: ArtifactConfig, ledger: Ledger): void {
  const problem = problemOf(standing, config, ledger)
  if (problem !== undefined) throw problem
}

/** Why an apply does not go on: DIVERGED, DATABASE_AHEAD or OTHER_LINE; undefined where it does. */
export function problemOf(
  standing: Standing,
  config: ArtifactConfig,
  ledger: Ledger,
): SquizzleError | undefined {
  switch (standing.kind) {
    case 'diverged':
      return diverged(standing.recorded, standing.packed)
    case 'hole':
      return brokenLine(standing.recorded, standing.lacks)
    case 'ahead':
      return ahead(standing.extra, config, ledger)
    case 'other-line':
      return otherLine(standing.extra, config)
    default:
      return undefined
  }
}

/** Why artifact and ledger have nothing to do with each other: OTHER_PROJECT; undefined where they have. */
export function foreignProject(
  {project}: Pick<ArtifactConfig, 'project'>,
  {meta}: Pick<Ledger, 'meta'>,
): SquizzleError | undefined {
  if (meta === undefined || meta.project === project) return undefined
  return new SquizzleError(
    'OTHER_PROJECT',
    `the database belongs to the project ${meta.project}, the artifact to ${project}`,
    {
      hint: 'Check the database URL and the storage; a second project in one database needs a ledger of its own: database.schema.',
      details: {database: meta.project, artifact: project},
    },
  )
}

function isSame(entry: ReleaseEntry, release: LedgerRelease): boolean {
  return entry.version === release.version && entry.diffId === release.diffId
}

/** Everything that a release is `after` must stand before it in the ledger. */
function findHole(
  packed: readonly ReleaseEntry[],
  recorded: readonly LedgerRelease[],
): Standing | undefined {
  const earlier = new Set<string>()
  for (const release of recorded) {
    const entry = packed.find((candidate) => isSame(candidate, release))
    const lacks = entry?.after.find((version) => !earlier.has(version))
    if (lacks !== undefined) return {kind: 'hole', recorded: release, lacks}
    earlier.add(release.version)
  }
  return undefined
}

function diverged(recorded: LedgerRelease, packed: ReleaseEntry): SquizzleError {
  return new SquizzleError(
    'DIVERGED',
    `the database has other content under ${recorded.version} than the artifact`,
    {
      hint: 'The version was built twice with different files: apply an artifact that has the content that the database has.',
      details: {
        version: packed.version,
        database: {version: recorded.version, diffId: recorded.diffId, artifact: recorded.artifact},
        artifact: {diffId: packed.diffId},
      },
    },
  )
}

function brokenLine(recorded: LedgerRelease, lacks: string): SquizzleError {
  return new SquizzleError(
    'DIVERGED',
    `the database has ${recorded.version} without ${lacks} before it, on which it was built`,
    {
      hint: 'The ledger is not one that this artifact can have made: check that database and artifact belong together.',
      details: {version: recorded.version, lacks},
    },
  )
}

function ahead(
  extra: readonly LedgerRelease[],
  config: ArtifactConfig,
  ledger: Ledger,
): SquizzleError {
  return new SquizzleError(
    'DATABASE_AHEAD',
    `the database is ahead: it is at ${headOf(ledger)?.version}, the artifact is ${config.version}`,
    {
      hint: 'Add --allow-ahead if an older version of the application runs on this database on purpose.',
      details: {artifact: config.version, ahead: extra.map(({version}) => version)},
    },
  )
}

function otherLine(extra: readonly LedgerRelease[], config: ArtifactConfig): SquizzleError {
  const stable = extra.findLast(({version}) => isStable(version))
  const newest = extra.at(-1)?.version
  const hint =
    stable === undefined
      ? `Roll ${newest} back, or build on it with --base ${newest}.`
      : `Build a version that has both, with --merge ${stable.version}.`
  return new SquizzleError(
    'OTHER_LINE',
    `the database is on another line: it has ${extra.map(({version}) => version).join(', ')}, which ${config.version} lacks`,
    {hint, details: {artifact: config.version, lacks: extra.map(({version}) => version)}},
  )
}
