import type {Digest} from '../artifact/digest.ts'
import {restrictTo, sameContent} from '../artifact/history.ts'
import {
  compareVersions,
  isStable,
  newestFirst,
  tagOfVersion,
  versionOfTag,
  type Version,
} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Storage, TagRequest} from '../storage/storage.ts'
import {markPushed} from '../storage/workspace/builds.ts'
import {recordSeen} from '../storage/workspace/seen.ts'
import {blobSteps} from './blob-steps.ts'
import {catalogueOf, type Catalogue} from './catalogue.ts'
import {linkForPeople} from './layers.ts'
import type {Artifact} from './open-artifact.ts'
import {refuseBreaking, refuseForeign} from './push-check.ts'
import {bringLayers, pushedArtifact} from './push-source.ts'
import {listTags, storageShelf} from './shelves.ts'
import {refuseVersion} from './tag.ts'
import type {Context} from './context.ts'
import {namingTimeout} from './timed-out.ts'

export interface PushInput {
  /** A version, a digest, or a tag that the cache has seen. */
  readonly reference: string
  /** In addition to the version, in this order. */
  readonly tags: readonly string[]
  /** Replace other content under the version. */
  readonly force: boolean
}

export interface PushResult {
  readonly version: Version
  /** Of the artifact in the storage. */
  readonly digest: Digest
  readonly reference: string
  readonly tags: readonly string[]
  /** The storage had this content under the version already. */
  readonly alreadyThere: boolean
  readonly uploaded: {readonly blobs: number; readonly bytes: number}
  readonly page?: string
  readonly warnings: readonly string[]
}

/**
 * Uploads a version, only what the storage lacks, and names it.
 * @throws VERSION_EXISTS, DIVERGED, OTHER_PROJECT, USAGE, VERSION_NOT_FOUND, and what the storage throws
 */
export async function push(context: Context, input: PushInput): Promise<PushResult> {
  return namingTimeout('pushing artifact', () => pushArtifact(context, input))
}

async function pushArtifact(context: Context, input: PushInput): Promise<PushResult> {
  input.tags.forEach(refuseVersion)
  const storage = await context.storage()
  const {artifact, origin} = await pushedArtifact(context, storage, input.reference)
  const {version} = artifact.config
  const target = catalogueOf(storageShelf(context, storage))

  const there = await sameThere(target, artifact, storage.url, input.force)
  await refuseForeign(target, artifact)
  if (input.force && !there) await refuseBreaking(target, artifact)

  const pushed = there ?? artifact
  const tags = await tagRequests(target, storage, version, input)
  await bringLayers(context, storage, target, pushed, origin)
  const {signal, timeout, report, cache, folder} = context
  const onProgress = blobSteps(pushed, 'push', report)
  const options = {signal, timeout, onProgress}
  const result = await storage.push(pushed.descriptor, cache, tags, options)
  await settleLatest(context, storage, tags)
  const refused = new Map(result.refusedTags.map(({name, reason}) => [name, reason]))
  const set = tags.map(({name}) => name).filter((name) => !refused.has(name))
  const {digest} = pushed.descriptor
  await markPushed(folder, artifact.descriptor.digest, storage.url)
  await recordSeen(folder, storage.url, Object.fromEntries(set.map((name) => [name, digest])))
  await linkForPeople(cache, pushed)
  return {
    version,
    digest,
    reference: storage.reference(tagOfVersion(version)),
    tags: set,
    alreadyThere: there !== undefined,
    uploaded: {blobs: result.blobs.length, bytes: result.bytes},
    ...(result.page !== undefined && {page: result.page}),
    warnings: [...refused].map(([name, reason]) => `the tag ${name} was not moved: ${reason}`),
  }
}

/** The storage's own artifact of this version where it has the same content; it is the one then. */
async function sameThere(
  target: Catalogue,
  artifact: Artifact,
  storage: string,
  force: boolean,
): Promise<Artifact | undefined> {
  const {version} = artifact.config
  const found = await target.find(version)
  const stored = found && restrictTo(found.artifact.config, version)
  if (!stored) return undefined
  if (sameContent(stored, artifact.config)) return found.own ? found.artifact : undefined
  if (force) return undefined
  throw otherContent(stored.version, storage)
}

function otherContent(version: Version, storage: string): SquizzleError {
  return new SquizzleError(
    'VERSION_EXISTS',
    `version ${version} exists in ${storage} with other content`,
    {
      hint: 'A released version never changes: give the new content a new version.',
      details: {version, storage},
    },
  )
}

/** The version first; `latest` where it is the highest stable one; then what was asked for. */
async function tagRequests(
  target: Catalogue,
  storage: Storage,
  version: Version,
  {tags, force}: PushInput,
): Promise<TagRequest[]> {
  const higher = (await target.tagged()).some(
    (other) => isStable(other) && compareVersions(other, version) > 0,
  )
  const aliases = new Set(
    isStable(version) && !higher && storage.movesLatest !== false ? ['latest', ...tags] : tags,
  )
  return [
    {name: tagOfVersion(version), mode: force ? 'move' : 'create'},
    ...[...aliases].map((name) => ({name, mode: 'move' as const})),
  ]
}

/**
 * Another push may have come between the look at the versions and the move of `latest`. Whoever moved it looks again
 * after: the last one sees every version that there is.
 */
async function settleLatest(
  context: Context,
  storage: Storage,
  tags: readonly TagRequest[],
): Promise<void> {
  if (storage.movesLatest === false || !tags.some(({name}) => name === 'latest')) return
  const {signal, timeout} = context
  const now = (await listTags(context, storage)).flatMap((tag) => versionOfTag(tag) ?? [])
  const [highest] = newestFirst(now.filter(isStable))
  if (highest === undefined || tags[0]?.name === tagOfVersion(highest)) return
  const descriptor = await storage.resolve(tagOfVersion(highest), {signal, timeout})
  if (descriptor) await storage.tag(descriptor, {name: 'latest', mode: 'move'}, {signal, timeout})
}
