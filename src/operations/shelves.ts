import type {Descriptor} from '../artifact/descriptor.ts'
import {findRelease} from '../artifact/history.ts'
import {mediaTypes} from '../artifact/media-types.ts'
import {tagOfVersion, type Version} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Storage} from '../storage/storage.ts'
import {localBuilds, unpushed} from '../storage/workspace/builds.ts'
import {lastSeen, recordSeen} from '../storage/workspace/seen.ts'
import {readState} from '../storage/workspace/state.ts'
import {blobSteps} from './blob-steps.ts'
import type {Shelf} from './catalogue.ts'
import {openArtifact, type Artifact} from './open-artifact.ts'
import type {Context} from './context.ts'

/** What a storage has, asked now. */
export function storageShelf(context: Context, storage: Storage): Shelf {
  return {
    name: storage.url,
    tags: () => listTags(context, storage),
    open: async (tag) => (await fetchByTag(context, storage, tag))?.artifact,
  }
}

/** What the cache remembers of a storage: nobody is asked, and it may be out of date. */
export function rememberedShelf({cache, folder}: Context, storage: Storage): Shelf {
  return {
    name: `what the cache remembers of ${storage.url}`,
    tags: async () => Object.keys((await readState(folder)).storages[storage.url]?.tags ?? {}),
    open: async (tag) => {
      const digest = lastSeen(await readState(folder), storage.url, tag)
      if (!digest) return undefined
      const artifact = await openArtifact(cache, {mediaType: mediaTypes.manifest, digest, size: 0})
      if (!artifact) throw forgotten(tag, storage)
      return artifact
    },
  }
}

/**
 * What was built or imported here and not pushed to the storage yet.
 * @param notWith leaves out what contains this version: a new build of it drops them
 */
export function buildsShelf(
  {cache, folder}: Context,
  storage: Storage,
  {notWith}: {readonly notWith?: Version} = {},
): Shelf {
  const builds = async () => unpushed(await localBuilds(folder), storage.url)
  return {
    name: 'the unpushed builds',
    tags: async () => (await builds()).map(({version}) => tagOfVersion(version)),
    open: async (tag) => {
      const build = (await builds()).find(({version}) => tagOfVersion(version) === tag)
      if (!build || build.version === notWith) return undefined
      const artifact = await openArtifact(cache, build.manifest)
      if (!artifact) throw damagedBuild(build.version)
      const left = notWith !== undefined && findRelease(artifact.config.releases, notWith)
      return left ? undefined : artifact
    },
  }
}

function forgotten(tag: string, {url}: Storage): SquizzleError {
  return new SquizzleError('VERSION_NOT_FOUND', `${tag} of ${url} is not in the cache any more`, {
    hint: 'Pull it while the storage can be reached, or do without --offline.',
    details: {tag, storage: url},
  })
}

function damagedBuild(version: Version): SquizzleError {
  return new SquizzleError(
    'INTEGRITY',
    `the unpushed build of ${version} is damaged in the cache`,
    {
      hint: `Build ${version} again, or give it up with \`squizzle cache clear --force\`.`,
      details: {version},
    },
  )
}

export async function listTags(
  {signal, timeout}: Context,
  storage: Storage,
): Promise<readonly string[]> {
  return Array.fromAsync(storage.tags({signal, timeout}))
}

/** An artifact that was just asked for, and what had to be fetched for that. */
export interface FetchedArtifact {
  readonly artifact: Artifact
  readonly fetched: Fetched
}

/** What a transfer moved; everything else was in the cache. */
export interface Fetched {
  readonly blobs: number
  /** Bytes. */
  readonly bytes: number
}

/**
 * What a tag or digest names in a storage, in the cache; the tag is remembered.
 * @param want `config`: manifest and config; `all`: its layers too
 */
export async function fetchByTag(
  context: Context,
  storage: Storage,
  tag: string,
  want: 'config' | 'all' = 'config',
): Promise<FetchedArtifact | undefined> {
  const {signal, timeout, folder} = context
  const descriptor = await storage.resolve(tag, {signal, timeout})
  if (!descriptor) return undefined
  const found = await fetchArtifact(context, storage, descriptor, want)
  if (!tag.includes(':')) await recordSeen(folder, storage.url, {[tag]: descriptor.digest})
  return found
}

/** The artifact of a manifest that the storage has; only what the cache lacks is fetched. */
async function fetchArtifact(
  {cache, signal, timeout, report}: Context,
  storage: Storage,
  descriptor: Descriptor,
  want: 'config' | 'all',
): Promise<FetchedArtifact> {
  const cached = await openArtifact(cache, descriptor)
  if (cached && want === 'config') return {artifact: cached, fetched: {blobs: 0, bytes: 0}}
  const onProgress = want === 'all' ? blobSteps(cached, 'pull', report) : undefined
  const {blobs, bytes} = await storage.pull(descriptor, cache, {want, signal, timeout, onProgress})
  const artifact = cached ?? (await openArtifact(cache, descriptor))
  if (!artifact) throw new Error(`${storage.url} left ${descriptor.digest} out of the cache`)
  return {artifact, fetched: {blobs: blobs.length, bytes}}
}
