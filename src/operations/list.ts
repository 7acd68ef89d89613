import type {Digest} from '../artifact/digest.ts'
import {isSquizzleError, type SquizzleError} from '../errors.ts'
import type {Storage} from '../storage/storage.ts'
import {findRelease} from '../artifact/history.ts'
import type {ReleaseEntry} from '../artifact/release.ts'
import {newestFirst, tagOfVersion, versionOfTag, type Version} from '../artifact/version.ts'
import {catalogueOf} from './catalogue.ts'
import {buildsShelf, storageShelf} from './shelves.ts'
import type {Context} from './context.ts'

export interface ListInput {
  /** Ask what each tag names. */
  readonly tags: boolean
}

export interface ListedVersion {
  readonly version: Version
  /** Its own artifact is in the storage; else only a newer one contains the release. */
  readonly tagged: boolean
  /** Tags that are no version and name it; only where that was asked for. */
  readonly tags?: readonly string[]
  /** From the release, where a config that has it was read. */
  readonly created?: string
  /** Bytes of the release's layer. */
  readonly size?: number
  readonly migrations?: number
  readonly notes?: string
  /** Whether the release's layer is in the cache. */
  readonly cached: boolean
  /** Built or imported here, and not in the storage. */
  readonly unpushed: boolean
}

export interface ListResult {
  readonly storage: string
  readonly versions: readonly ListedVersion[]
  /** Tags that are no version. */
  readonly tags: readonly string[]
  /** Versions whose artifact was looked at and can't be used, each with the reason. */
  readonly damaged: readonly {readonly version: Version; readonly reason: string}[]
}

/** Versions of the storage, newest first: one listing of the tags, and the newest config, which tells of all before. */
export async function list(context: Context, {tags}: ListInput): Promise<ListResult> {
  const storage = await context.storage()
  const shelf = storageShelf(context, storage)
  const all = await shelf.tags()
  const damaged: ListResult['damaged'][number][] = []
  // one artifact that can't be read must not hide all others
  const open = (tag: string) =>
    shelf.open(tag).catch((error: unknown) => {
      const version = versionOfTag(tag)
      if (version === undefined || !isDamage(error)) throw error
      damaged.push({version, reason: error.message})
      return undefined
    })
  const catalogue = catalogueOf({...shelf, tags: async () => all, open})
  const heads = await catalogue.stableHeads()
  const tagged = await catalogue.tagged()
  const entries = new Map(
    heads.flatMap(({config}) => config.releases.map((entry) => [entry.version, entry] as const)),
  )
  const aliases = all
    .filter((tag) => versionOfTag(tag) === undefined && !isReferrerTag(tag))
    .toSorted()
  const named = tags
    ? await namedBy(context, storage, [...aliases, ...tagged.map(tagOfVersion)])
    : undefined
  const builds = await unpushed(context, storage)
  const versions = newestFirst(new Set([...tagged, ...entries.keys(), ...builds.keys()]))
  return {
    storage: storage.url,
    tags: aliases,
    damaged,
    versions: await Promise.all(
      versions.map(async (version) => {
        const entry = entries.get(version) ?? builds.get(version)
        return {
          version,
          tagged: tagged.includes(version),
          ...(named && {tags: aliases.filter((tag) => sameDigest(named, tag, version))}),
          ...(entry && describe(entry)),
          cached: entry !== undefined && (await isCached(context, entry)),
          unpushed: !tagged.includes(version) && !entries.has(version),
        }
      }),
    ),
  }
}

function isDamage(error: unknown): error is SquizzleError {
  return isSquizzleError(error) && ['INTEGRITY', 'UNSUPPORTED_FORMAT'].includes(error.code)
}

/** Tags under which registries without a referrers API keep signatures: `sha256-<hex>`, `sha256-<hex>.sig`. */
export function isReferrerTag(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}/.test(tag)
}

/** The manifest that each tag names, one question each. */
async function namedBy(
  {signal, timeout}: Context,
  storage: Storage,
  tags: readonly string[],
): Promise<ReadonlyMap<string, Digest>> {
  const named = new Map<string, Digest>()
  for (const tag of tags) {
    const descriptor = await storage.resolve(tag, {signal, timeout})
    if (descriptor) named.set(tag, descriptor.digest)
  }
  return named
}

function sameDigest(named: ReadonlyMap<string, Digest>, tag: string, version: Version): boolean {
  const digest = named.get(tag)
  return digest !== undefined && digest === named.get(tagOfVersion(version))
}

async function unpushed(
  context: Context,
  storage: Storage,
): Promise<ReadonlyMap<Version, ReleaseEntry>> {
  const found = new Map<Version, ReleaseEntry>()
  const builds = catalogueOf(buildsShelf(context, storage))
  for (const version of await builds.tagged()) {
    const build = await builds.find(version)
    const entry = build && findRelease(build.artifact.config.releases, version)
    if (entry) found.set(version, entry)
  }
  return found
}

function describe({created, size, migrations, notes}: ReleaseEntry) {
  return {created, size, migrations: migrations.length, ...(notes !== undefined && {notes})}
}

async function isCached({cache}: Context, {layer, size}: ReleaseEntry): Promise<boolean> {
  return cache.has({digest: layer, size})
}
