import {isDigest, type Digest} from '../artifact/digest.ts'
import {mediaTypes} from '../artifact/media-types.ts'
import {sameVersion, tagOfVersion, versionOfTag} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Storage} from '../storage/storage.ts'
import {localBuilds, unpushed} from '../storage/workspace/builds.ts'
import {seenAnywhere} from '../storage/workspace/seen.ts'
import {readState} from '../storage/workspace/state.ts'
import type {Catalogue} from './catalogue.ts'
import {openArtifact, type Artifact} from './open-artifact.ts'
import type {Context} from './context.ts'

/** What a push takes, and the url of the storage that it, or its base, came from. */
export interface PushSource {
  readonly artifact: Artifact
  readonly origin?: string
}

/**
 * The unpushed build of a version, else the content that the cache last saw for it in any storage.
 * @throws VERSION_EXISTS where it saw two, VERSION_NOT_FOUND where none
 */
export async function pushedArtifact(
  context: Context,
  target: Storage,
  reference: string,
): Promise<PushSource> {
  const {cache, folder} = context
  if (isDigest(reference)) return open(context, reference)
  const version = versionOfTag(reference.replace(/^v(?=\d)/, ''))
  if (version !== undefined) {
    const builds = unpushed(await localBuilds(folder), target.url)
    const build = builds.find((one) => sameVersion(one.version, version))
    const artifact = build && (await openArtifact(cache, build.manifest))
    if (artifact) return {artifact}
  }
  const tag = version === undefined ? reference : tagOfVersion(version)
  const seen = seenAnywhere(await readState(folder), tag)
  const [first, second] = distinct(seen)
  if (first && second) {
    throw new SquizzleError(
      'VERSION_EXISTS',
      `${reference} is ${first.digest} in ${first.url}, and ${second.digest} in ${second.url}`,
      {hint: 'Push the one that you mean by its digest.', details: {seen}},
    )
  }
  if (first) return open(context, first.digest, first.url)
  throw nothingToPush(reference)
}

async function open({cache}: Context, digest: Digest, origin?: string): Promise<PushSource> {
  const artifact = await openArtifact(cache, {mediaType: mediaTypes.manifest, digest, size: 0})
  if (!artifact) throw nothingToPush(digest)
  return {artifact, ...(origin !== undefined && {origin})}
}

function distinct<T extends {readonly digest: Digest}>(seen: readonly T[]): T[] {
  return [...new Map(seen.map((one) => [one.digest, one])).values()]
}

function nothingToPush(reference: string): SquizzleError {
  return new SquizzleError('VERSION_NOT_FOUND', `there is no ${reference} here to push`, {
    hint: 'Build, pull or import it first.',
  })
}

/** Layers that neither the target nor the cache holds are fetched from where the version, or its base, came from. */
export async function bringLayers(
  context: Context,
  target: Storage,
  targetCatalogue: Catalogue,
  {config}: Artifact,
  origin: string | undefined,
): Promise<void> {
  const {cache, folder, signal, timeout} = context
  const there = new Set(
    (await targetCatalogue.stableHeads()).flatMap((head) =>
      head.config.releases.map(({layer}) => layer),
    ),
  )
  for (const {version, layer, size} of config.releases) {
    if (there.has(layer) || (await cache.has({digest: layer, size}))) continue
    const seen = seenAnywhere(await readState(folder), tagOfVersion(version))
    const urls = new Set([origin, ...seen.map(({url}) => url)])
    for (const url of urls) {
      if (url === undefined || url === target.url) continue
      const source = await context.openStorage(url)
      const held = await source.resolve(tagOfVersion(version), {signal, timeout})
      if (held) await source.pull(held, cache, {signal, timeout})
      if (await cache.has({digest: layer, size})) break
    }
  }
}
