import {findRelease, restrictTo, sameContent} from '../artifact/history.ts'
import type {ArtifactConfig, ReleaseEntry} from '../artifact/release.ts'
import {
  compareVersions,
  isStable,
  newestFirst,
  sameVersion,
  stableOf,
  type Version,
} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import {stableVersions, type Catalogue, type Found} from './catalogue.ts'
import {notFound} from './not-found.ts'
import type {Artifact} from './open-artifact.ts'

/** What a new release is built on. */
export interface Base {
  /** All releases before the new one, merged ones included, in their order. */
  readonly releases: readonly ReleaseEntry[]
  /** Those of them that this build takes in from another line. */
  readonly merged: readonly ReleaseEntry[]
  /** The newest releases that the new one is built on: the base, and what was merged. */
  readonly after: readonly Version[]
  readonly project?: string
  /** Artifacts that hold the layers. */
  readonly holders: readonly Artifact[]
  /** The storage's own artifact of the version, where it has one already. */
  readonly stored?: Found
  /** For people: what was chosen, and why. */
  readonly notes: readonly string[]
}

export interface BaseInput {
  readonly version: Version
  readonly base?: Version | undefined
  readonly merge?: Version | undefined
  readonly storage: Catalogue
  readonly builds: Catalogue
}

/** Finds what a version is built on. @throws VERSION_NOT_FOUND, USAGE, RELEASED_ELSEWHERE, DIVERGED */
export async function findBase(input: BaseInput): Promise<Base> {
  const {version, storage, base, merge} = input
  const stored = await storage.find(version)
  const kept = stored && {stored}
  if (stored && base === undefined && merge === undefined)
    return {...repeated(stored, version), ...kept}
  const start = base === undefined ? await highestLower(input) : await named(input, base, '--base')
  const own = start ? startFrom(start) : firstRelease()
  const whole = merge === undefined ? own : await mergeInto(own, input, merge)
  const notes = [...whole.notes, ...(await preReleaseNote(input, own))]
  return {...whole, notes, ...kept}
}

/** One version's releases, as the version itself was built. */
interface Known {
  readonly config: ArtifactConfig
  readonly holder: Artifact
}

function startFrom({config, holder}: Known): Base {
  return {
    releases: config.releases,
    merged: [],
    after: [config.version],
    project: config.project,
    holders: [holder],
    notes: [`Built on ${config.version}`],
  }
}

function firstRelease(): Base {
  return {releases: [], merged: [], after: [], holders: [], notes: ['First release']}
}

/** The same base as the version that is there already, so that a second run of a CI job builds the same. */
function repeated({artifact, shelf}: Found, version: Version): Base {
  const config = restrictTo(artifact.config, version)
  const own = config && findRelease(config.releases, version)
  if (!config || !own) throw new Error(`${shelf} lost ${version}`)
  const [first, ...others] = own.after
  const releases = config.releases.filter((entry) => entry !== own)
  const line = first === undefined ? undefined : restrictTo(config, first)
  return {
    releases,
    merged: releases.filter((entry) => !line?.releases.includes(entry)),
    after: own.after,
    project: config.project,
    holders: [artifact],
    notes: [first === undefined ? 'First release' : `Built on ${[first, ...others].join(' and ')}`],
  }
}

async function highestLower({version, storage, builds}: BaseInput): Promise<Known | undefined> {
  const known = new Set([...(await stableVersions(storage)), ...(await stableVersions(builds))])
  const lower = newestFirst(known).find((other) => compareVersions(other, version) < 0)
  return lower === undefined ? undefined : findKnown(storage, builds, lower)
}

/** A version of the storage or of the unpushed builds; the same content where both have it. */
async function findKnown(
  storage: Catalogue,
  builds: Catalogue,
  version: Version,
): Promise<Known | undefined> {
  const [there, here] = await Promise.all(
    [storage, builds].map(async (catalogue) => {
      const found = await catalogue.find(version)
      const config = found && restrictTo(found.artifact.config, version)
      return config && {config, holder: found.artifact}
    }),
  )
  if (there && here && !sameContent(there.config, here.config)) {
    throw new SquizzleError(
      'VERSION_EXISTS',
      `${version} has other content in ${storage.name} than in ${builds.name}`,
      {
        hint: `Build ${version} again, or give the new content a new version.`,
        details: {
          version,
          stored: there.holder.descriptor.digest,
          built: here.holder.descriptor.digest,
        },
      },
    )
  }
  return there ?? here
}

async function named(input: BaseInput, version: Version, flag: string): Promise<Known> {
  const known = await findKnown(input.storage, input.builds, version)
  if (!known) {
    const all = [...(await input.storage.tagged()), ...(await input.builds.tagged())]
    throw notFound(version, input.storage.name, all)
  }
  if (compareVersions(known.config.version, input.version) < 0) return known
  throw new SquizzleError('USAGE', `${flag} ${version} is not lower than ${input.version}`, {
    hint: 'A version is built on lower ones.',
  })
}

async function preReleaseNote(
  {version, storage, builds}: BaseInput,
  base: Base,
): Promise<string[]> {
  const tagged = new Set([...(await storage.tagged()), ...(await builds.tagged())])
  const [newest] = newestFirst(tagged).filter(
    (other) =>
      !isStable(other) &&
      stableOf(other) === stableOf(version) &&
      compareVersions(other, version) < 0,
  )
  if (newest === undefined || base.after.some((other) => sameVersion(other, newest))) return []
  return [`There is a pre-release ${newest}; to build on it, use --base ${newest}`]
}

async function mergeInto(base: Base, input: BaseInput, version: Version): Promise<Base> {
  if (!isStable(version)) {
    throw new SquizzleError('USAGE', `--merge ${version} is a pre-release`, {
      hint: 'Only stable versions can be merged; build on a pre-release with --base.',
    })
  }
  const {config, holder} = await named(input, version, '--merge')
  if (base.project !== undefined && base.project !== config.project) {
    throw new SquizzleError('OTHER_PROJECT', `${version} belongs to project ${config.project}`, {
      hint: `The base belongs to project ${base.project}.`,
    })
  }
  const merged = config.releases.filter((entry) => !findRelease(base.releases, entry.version))
  refuseConflicts(base, config, merged)
  if (merged.length === 0) {
    return {
      ...base,
      notes: [...base.notes, `${version} is in the base already: there is nothing to merge`],
    }
  }
  return {
    releases: [...base.releases, ...merged],
    merged,
    after: [...base.after, config.version],
    project: config.project,
    holders: [...base.holders, holder],
    notes: [...base.notes, `Merges ${merged.map((entry) => entry.version).join(', ')}`],
  }
}

function refuseConflicts(
  base: Base,
  config: ArtifactConfig,
  merged: readonly ReleaseEntry[],
): void {
  for (const theirs of config.releases) {
    const ours = findRelease(base.releases, theirs.version)
    if (!ours || ours.diffId === theirs.diffId) continue
    throw new SquizzleError(
      'DIVERGED',
      `${theirs.version} has other content in the base than in ${config.version}`,
      {
        hint: 'These two lines have no common history and cannot be merged.',
        details: {version: theirs.version, base: ours.diffId, merged: theirs.diffId},
      },
    )
  }
  for (const entry of merged) {
    for (const {name, kind} of entry.migrations) {
      const other = base.releases.find(({migrations}) =>
        migrations.some((migration) => migration.name === name && migration.kind === 'versioned'),
      )
      if (kind !== 'versioned' || !other) continue
      throw new SquizzleError(
        'RELEASED_ELSEWHERE',
        `${name} is released in ${other.version} and in ${entry.version}`,
        {
          hint: 'Merging them would run it twice: rename it in the line that is not deployed yet, and build that anew.',
          details: {migration: name, releases: [other.version, entry.version]},
        },
      )
    }
  }
}
