import type {ArtifactConfig, ReleaseEntry} from '../../artifact/release.ts'
import {SquizzleError} from '../../errors.ts'
import {headOf} from '../ledger/ledger.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {compare, foreignProject} from './compare.ts'
import {reachedBy} from './reached.ts'
import type {Reached} from './reached.ts'

/** What `baseline` will record, as data. */
export interface BaselinePlan {
  readonly config: ArtifactConfig
  readonly schema: string
  readonly reached: Reached
  /** In the artifact's order; empty where the ledger has them all. */
  readonly releases: readonly ReleaseEntry[]
  /** Of the ledger that this was planned on. */
  readonly fingerprint: string
}

/**
 * Plans to record all releases of an artifact as applied, without running them. Only an empty ledger takes them: what ran
 * here is recorded as it ran. To have it all already is fine, so that a run can be repeated.
 * @throws OTHER_PROJECT; DATABASE_NOT_EMPTY for a ledger that has other releases; USAGE for an empty database
 */
export function planBaseline(config: ArtifactConfig, ledger: Ledger): BaselinePlan {
  const foreign = foreignProject(config, ledger)
  if (foreign !== undefined) throw foreign
  const complete = isComplete(config, ledger)
  if (!complete && ledger.releases.length > 0) throw hasReleases(ledger, config)
  if (!complete && ledger.occupants.length === 0) throw isEmpty(config)
  return {
    config,
    schema: ledger.schema,
    reached: reachedBy(ledger, config),
    releases: complete ? [] : config.releases,
    fingerprint: ledger.fingerprint,
  }
}

function isComplete(config: ArtifactConfig, {releases}: Ledger): boolean {
  const {kind} = compare(config, {releases})
  if (kind !== 'behind' && kind !== 'ahead') return false
  return config.releases.every((entry) =>
    releases.some(({version, state}) => version === entry.version && state === 'applied'),
  )
}

function hasReleases(ledger: Ledger, {version}: ArtifactConfig): SquizzleError {
  const at = headOf(ledger)?.version
  const onlyBaseline = ledger.releases.every(({origin}) => origin === 'baseline')
  return new SquizzleError(
    'DATABASE_NOT_EMPTY',
    `the ledger is not empty: the database is at ${at}, and baseline is for one without releases`,
    {
      hint: onlyBaseline
        ? `Apply ${version}; or, where ${at} was a mistake, drop the ledger (DROP SCHEMA ${ledger.schema} CASCADE) and baseline again.`
        : `Apply ${version}: what is not in the ledger yet is run.`,
      details: {database: at, artifact: version},
    },
  )
}

function isEmpty({version}: ArtifactConfig): SquizzleError {
  return new SquizzleError('USAGE', 'the database is empty: there is nothing to adopt', {
    hint: `Check the database URL, or bring the database up with \`squizzle apply ${version}\`.`,
    details: {artifact: version},
  })
}
