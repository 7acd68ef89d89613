import {mediaTypes} from '../artifact/media-types.ts'
import type {ReleaseEntry} from '../artifact/release.ts'
import type {Ledger, LedgerRelease} from '../database/ledger/ledger.ts'
import {isSquizzleError, SquizzleError} from '../errors.ts'
import {catalogueOf, type Catalogue} from './catalogue.ts'
import type {Context} from './context.ts'
import {fetchLayers} from './layers.ts'
import {openArtifact, type Artifact} from './open-artifact.ts'
import {buildsShelf, fetchByTag, rememberedShelf, storageShelf} from './shelves.ts'

/** A release of a ledger, and an artifact that has it. */
export interface FoundRelease {
  readonly entry: ReleaseEntry
  readonly artifact: Artifact
  /** It was asked of the storage, so its layers can be had from there. */
  readonly stored: boolean
}

/**
 * Finds what a ledger records in artifacts, by (version, diffId): in the recorded artifact, else in the newest that
 * contains it, in the cache or the storage; never in today's folder.
 */
export interface ReleaseFinder {
  /** @throws VERSION_NOT_FOUND where no artifact has it any more; as the storage does */
  readonly find: (recorded: LedgerRelease) => Promise<FoundRelease>
  /** Among the artifacts that were opened so far: asks nobody. */
  readonly known: (recorded: LedgerRelease) => ReleaseEntry | undefined
  /** Brings its layer into the cache. @returns the release as the artifact has it whose layer that is. @throws as `find` does */
  readonly fetch: (recorded: LedgerRelease) => Promise<ReleaseEntry>
}

/** @param offline ask no storage */
export function releaseFinder(
  context: Context,
  {meta}: Pick<Ledger, 'meta'>,
  offline: boolean,
): ReleaseFinder {
  const opened: FoundArtifact[] = []
  const keep = (artifact: Artifact | undefined, stored: boolean): FoundArtifact | undefined => {
    // two projects may hold equal releases
    if (artifact === undefined || artifact.config.project !== meta?.project) return undefined
    const {digest} = artifact.descriptor
    const again = opened.find(
      (one) => one.stored === stored && one.artifact.descriptor.digest === digest,
    )
    const found = again ?? {artifact, stored}
    if (again === undefined) opened.push(found)
    return found
  }
  let shelves: readonly [Catalogue, Catalogue] | undefined

  /** Artifacts that may have a release, the nearest first. */
  async function* candidates(recorded: LedgerRelease): AsyncGenerator<FoundArtifact | undefined> {
    const {manifest} = recorded
    yield* opened.slice()
    if (manifest !== undefined) {
      const descriptor = {mediaType: mediaTypes.manifest, digest: manifest, size: 0}
      yield keep(await openArtifact(context.cache, descriptor), false)
    }
    const storage = await context.storage()
    if (manifest !== undefined && !offline) {
      yield keep((await fetchByTag(context, storage, manifest))?.artifact, true)
    }
    shelves ??= [
      catalogueOf(offline ? rememberedShelf(context, storage) : storageShelf(context, storage)),
      catalogueOf(buildsShelf(context, storage)),
    ]
    const [pushed, builds] = shelves
    for (const artifact of await pushed.stableHeads()) yield keep(artifact, !offline)
    for (const artifact of await pushed.headsAbove(undefined)) yield keep(artifact, !offline)
    for (const artifact of await builds.headsAbove(undefined)) yield keep(artifact, false)
  }

  async function* holders(recorded: LedgerRelease): AsyncGenerator<FoundRelease> {
    for await (const candidate of candidates(recorded)) {
      const entry = candidate && entryOf(candidate.artifact, recorded)
      if (entry) yield {...candidate, entry}
    }
  }

  return {
    find: async (recorded) => {
      for await (const found of holders(recorded)) return found
      throw gone(recorded, context)
    },
    known: (recorded) => {
      const found = opened.find(({artifact}) => entryOf(artifact, recorded))
      return found && entryOf(found.artifact, recorded)
    },
    fetch: async (recorded) => {
      for await (const holder of holders(recorded)) {
        if (await hasLayer(context, holder)) return holder.entry
      }
      throw gone(recorded, context)
    },
  }
}

type FoundArtifact = Omit<FoundRelease, 'entry'>

function entryOf({config}: Artifact, {version, diffId}: LedgerRelease): ReleaseEntry | undefined {
  return config.releases.find((entry) => entry.version === version && entry.diffId === diffId)
}

/** Whether the layer is in the cache, fetched where the artifact came from a storage. */
async function hasLayer(
  context: Context,
  {entry, artifact, stored}: FoundRelease,
): Promise<boolean> {
  const blob = {digest: entry.layer, size: entry.size}
  const isHere = async () => (await context.cache.open(blob)) !== undefined
  if (await isHere()) return true
  if (!stored) return false
  try {
    await fetchLayers(context, {artifact, from: 'storage', holder: artifact})
  } catch (error) {
    // gone since it was asked for: another artifact may have it
    if (!isSquizzleError(error) || error.code !== 'VERSION_NOT_FOUND') throw error
  }
  return isHere()
}

function gone({version, diffId}: LedgerRelease, {settings}: Context): SquizzleError {
  return new SquizzleError(
    'VERSION_NOT_FOUND',
    `${version} of the database is no longer in any artifact`,
    {
      hint: 'Import or push an artifact that has it, or name the storage that has one with --storage.',
      details: {version, diffId, storage: settings.storage.type},
    },
  )
}
