import {isDigest} from '../artifact/digest.ts'
import {sameContent} from '../artifact/history.ts'
import {
  isStable,
  newestFirst,
  tagOfVersion,
  versionOfTag,
  type Version,
} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Storage} from '../storage/storage.ts'
import {catalogueOf, stableVersions, type Catalogue} from './catalogue.ts'
import {deriveArtifact} from './derive.ts'
import {notFound} from './not-found.ts'
import type {Artifact} from './open-artifact.ts'
import {
  buildsShelf,
  fetchByTag,
  listTags,
  rememberedShelf,
  storageShelf,
  type Fetched,
} from './shelves.ts'
import type {Context} from './context.ts'

/** The artifact that a command works with, and how it was found. */
export interface Chosen {
  readonly artifact: Artifact
  /** The tag that was followed, where one was. */
  readonly tag?: string
  readonly from: 'storage' | 'build'
  /** The artifact in the storage that has all its layers: itself, or a newer one that contains it. */
  readonly holder?: Artifact
  /** What was fetched on the way. */
  readonly fetched?: Fetched
  /** Why this one, where nobody named it: `the target of environment production`. */
  readonly why?: string
}

export interface ChooseOptions {
  /** Ask no storage: the builds made here, and what the cache remembers. */
  readonly offline?: boolean
  /** Whether a build that was not pushed yet may be chosen. Default: true. */
  readonly builds?: boolean
  /** Fetch the layers too, which saves a question where they are needed anyway. Default: false. */
  readonly layers?: boolean
}

/**
 * The artifact that a version, tag or digest names; without one, that of the environment's target, else of the tag
 * `latest`, else of the highest stable version.
 * @throws VERSION_NOT_FOUND; VERSION_EXISTS where storage and unpushed build differ
 */
export async function choose(
  context: Context,
  reference: string | undefined,
  options: ChooseOptions = {},
): Promise<Chosen> {
  const storage = await context.storage()
  const finder: Finder = {context, storage, options}
  if (reference !== undefined) return named(finder, reference)
  const {target, environment} = context.settings
  if (target !== undefined) {
    const why = environment === undefined ? 'the configured target' : `the target of ${environment}`
    return {...(await named(finder, target)), why}
  }
  const latest = await byTag(finder, 'latest')
  if (latest) return {...latest, why: 'the tag latest'}
  return highestStable(finder)
}

interface Finder {
  readonly context: Context
  readonly storage: Storage
  readonly options: ChooseOptions
}

async function named(finder: Finder, reference: string): Promise<Chosen> {
  const {context, storage, options} = finder
  if (isDigest(reference)) return byDigest(finder, reference)
  const version = versionOfTag(reference.replace(/^v(?=\d)/, ''))
  const found =
    version === undefined ? await byTag(finder, reference) : await byVersion(finder, version)
  if (found) return found
  const tags = options.offline ? [] : await listTags(context, storage)
  throw notFound(version ?? reference, storage.url, tags)
}

async function byDigest(finder: Finder, digest: string): Promise<Chosen> {
  const found = await byTag(finder, digest)
  if (found) return found
  for (const tag of await buildsOf(finder).tags()) {
    const artifact = await buildsOf(finder).open(tag)
    if (artifact?.descriptor.digest === digest) return {artifact, from: 'build'}
  }
  throw notFound(digest, finder.storage.url, [])
}

async function byTag(finder: Finder, tag: string): Promise<Chosen | undefined> {
  const {context, storage, options} = finder
  const followed = tag.includes(':') ? {} : {tag}
  if (options.offline) {
    const artifact = await rememberedShelf(context, storage).open(tag)
    return artifact && {artifact, from: 'storage', holder: artifact, ...followed}
  }
  const found = await fetchByTag(context, storage, tag, options.layers ? 'all' : 'config')
  return found && {...found, from: 'storage', holder: found.artifact, ...followed}
}

/** By its own tag, which costs one question; else wherever it is contained. */
async function byVersion(finder: Finder, version: Version): Promise<Chosen | undefined> {
  const tag = tagOfVersion(version)
  const own = (await byTag(finder, tag)) ?? (await contained(finder, version))
  const build = await buildsOf(finder).open(tag)
  if (!build) return own
  if (!own) return finder.options.builds === false ? undefined : {artifact: build, from: 'build'}
  refuseTwo(own.artifact, build, version, finder.storage.url)
  return own
}

async function contained(finder: Finder, version: Version): Promise<Chosen | undefined> {
  const found = await catalogue(finder).find(version)
  if (!found) return undefined
  const {artifact, own} = found
  if (own) return {artifact, from: 'storage', holder: artifact}
  const derived = await deriveArtifact(finder.context.cache, artifact, version)
  return derived && {artifact: derived, from: 'storage', holder: artifact}
}

function refuseTwo(stored: Artifact, build: Artifact, version: Version, storage: string): void {
  if (sameContent(stored.config, build.config)) return
  throw new SquizzleError(
    'VERSION_EXISTS',
    `${version} is ${stored.descriptor.digest} in ${storage}, and ${build.descriptor.digest} as an unpushed build here`,
    {
      hint: `Build the new content as another version, or build ${version} again from the released files.`,
      details: {version, stored: stored.descriptor.digest, built: build.descriptor.digest},
    },
  )
}

async function highestStable(finder: Finder): Promise<Chosen> {
  const {context, storage, options} = finder
  const builds = catalogueOf(buildsShelf(context, storage))
  const catalogues = options.builds === false ? [catalogue(finder)] : [catalogue(finder), builds]
  const all = await Promise.all(catalogues.map(stableVersions))
  const [highest] = newestFirst(new Set(all.flat()))
  const found = highest === undefined ? undefined : await byVersion(finder, highest)
  if (found) return {...found, why: 'the highest stable version'}
  const tagged = await Promise.all(catalogues.map((one) => one.tagged()))
  const preReleases = newestFirst(new Set(tagged.flat())).filter((version) => !isStable(version))
  throw new SquizzleError('VERSION_NOT_FOUND', `${storage.url} has no stable version`, {
    hint:
      preReleases.length > 0
        ? `Name a pre-release: ${preReleases.slice(0, 5).join(', ')}.`
        : 'Build or import a version, and push it.',
    details: {storage: storage.url, preReleases},
  })
}

function catalogue({context, storage, options}: Finder): Catalogue {
  return catalogueOf(
    options.offline ? rememberedShelf(context, storage) : storageShelf(context, storage),
  )
}

function buildsOf({context, storage}: Finder) {
  return buildsShelf(context, storage)
}

/** The chosen artifact as people name it; a build that was not pushed has no place in a storage. */
export function referenceOf(storage: Storage, {artifact, tag, from}: Chosen): string {
  const {descriptor, config} = artifact
  return from === 'build'
    ? `the unpushed build of ${config.version}`
    : storage.reference(tag ?? descriptor.digest)
}
