import type {ArtifactConfig} from '../../artifact/release.ts'
import {sameVersion} from '../../artifact/version.ts'
import type {Version} from '../../artifact/version.ts'
import {headOf} from '../ledger/ledger.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {checkAgainstArtifact} from './agreement.ts'
import {compare, foreignProject, packedAs, refuseStanding} from './compare.ts'

/** What a database must have before an application may start on it. */
export type Requirement =
  /** That release, whatever else is there; of that project, where one is known. */
  | {readonly version: Version; readonly project?: string}
  /** Each release of the artifact, with the same content. */
  | {readonly config: ArtifactConfig}

/**
 * What a database lacks of what is required of it, as a sentence without its full stop; undefined where it has it all.
 * @throws OTHER_PROJECT, DIVERGED, INTEGRITY: what no waiting will change
 */
export function lackOf(requirement: Requirement, ledger: Ledger): string | undefined {
  const wanted = 'config' in requirement ? requirement.config.version : requirement.version
  if (hasAll(requirement, ledger)) return undefined
  const unfinished = ledger.releases.findLast(({state}) => state === 'applying')
  if (unfinished !== undefined && sameVersion(unfinished.version, wanted)) {
    return `${unfinished.version} is not wholly applied yet`
  }
  const at = headOf(ledger)?.version
  return at === undefined ? 'the database has no release yet' : `the database is at ${at}`
}

function hasAll(requirement: Requirement, ledger: Ledger): boolean {
  const applied = ledger.releases.filter(({state}) => state === 'applied')
  if ('version' in requirement) {
    const {project} = requirement
    const stranger = project === undefined ? undefined : foreignProject({project}, ledger)
    if (stranger !== undefined) throw stranger
    return applied.some(({version}) => sameVersion(version, requirement.version))
  }
  const {config} = requirement
  const foreign = foreignProject(config, ledger)
  if (foreign !== undefined) throw foreign
  const standing = compare(config, ledger)
  // another line may yet be merged, and then have it all
  if (standing.kind === 'diverged' || standing.kind === 'hole') {
    refuseStanding(standing, config, ledger)
  }
  checkAgainstArtifact(config, ledger)
  const found = new Set(applied.map((release) => packedAs(config, release)))
  return config.releases.every((release) => found.has(release))
}
