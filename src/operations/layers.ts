import {openLayer, type OpenLayer} from '../artifact/open-layer.ts'
import type {ReleaseEntry} from '../artifact/release.ts'
import {SquizzleError} from '../errors.ts'
import type {Cache} from '../storage/cache.ts'
import {linkArtifact} from '../storage/workspace/links.ts'
import {blobSteps} from './blob-steps.ts'
import {catalogueOf} from './catalogue.ts'
import type {Chosen} from './choose.ts'
import type {Artifact} from './open-artifact.ts'
import {storageShelf, type Fetched} from './shelves.ts'
import type {Context} from './context.ts'

/** Brings all layers of an artifact into the cache, only what it lacks, and links them for people. */
export async function fetchLayers(context: Context, chosen: Chosen): Promise<Fetched> {
  const {artifact, holder} = chosen
  const holders = holder ? [holder] : await holdersOf(context, artifact)
  const fetched = {blobs: 0, bytes: 0, ...chosen.fetched}
  for (const one of holders) {
    const {blobs, bytes} = await pullFrom(context, one)
    fetched.blobs += blobs
    fetched.bytes += bytes
  }
  await linkForPeople(context.cache, artifact)
  return fetched
}

/** Names what the cache has of an artifact so that people find it. */
export async function linkForPeople(cache: Cache, {descriptor, config}: Artifact): Promise<void> {
  const layers = config.releases.map(({version, layer}) => ({version, digest: layer}))
  await linkArtifact(cache, {version: config.version, manifest: descriptor.digest, layers})
}

/** Fetches once more what the cache has lost: another process may clear it at any time. */
export type Refetch = () => Promise<unknown>

/** Pulls artifacts that have layers which the cache lacks. */
export async function pullHolders(context: Context, holders: readonly Artifact[]): Promise<void> {
  for (const holder of holders) await pullFrom(context, holder)
}

/**
 * Runs the work with the SQL of a release from the cache; where it is not there, or damaged, it is fetched again.
 * @throws INTEGRITY, TOO_LARGE; VERSION_NOT_FOUND where nobody has the layer any more
 */
export async function withLayer<T>(
  context: Context,
  entry: ReleaseEntry,
  work: (layer: OpenLayer) => Promise<T>,
  refetch?: Refetch,
): Promise<T> {
  const layer = await openReleased(context, entry, refetch)
  try {
    return await work(layer)
  } finally {
    await layer.close()
  }
}

/** As `withLayer`, for a layer that stays open; whoever asks for it closes it. */
export async function openReleased(
  context: Context,
  entry: ReleaseEntry,
  refetch?: Refetch,
): Promise<OpenLayer> {
  return openLayer(await layerChunks(context, entry, refetch), entry)
}

/** Another process would have to clear the cache in the same moment that often. */
const mostFetches = 10

/** A release's layer as it is stored, unopened. @throws VERSION_NOT_FOUND */
export async function layerChunks(
  context: Context,
  entry: ReleaseEntry,
  refetch?: Refetch,
): Promise<AsyncIterable<Uint8Array>> {
  const blob = {digest: entry.layer, size: entry.size}
  for (let fetches = 0; ; fetches += 1) {
    const cached = await context.cache.open(blob)
    if (cached) return cached
    if (refetch === undefined || fetches === mostFetches) break
    await refetch()
  }
  throw new SquizzleError(
    'VERSION_NOT_FOUND',
    `the layer of ${entry.version} is not in the cache`,
    {
      hint: 'Pull the version from a storage that has it, or build or import it again.',
      details: {version: entry.version, layer: entry.layer},
    },
  )
}

async function pullFrom(context: Context, holder: Artifact): Promise<Fetched> {
  const {cache, signal, timeout, report} = context
  const storage = await context.storage()
  const onProgress = blobSteps(holder, 'pull', report)
  const {blobs, bytes} = await storage.pull(holder.descriptor, cache, {signal, timeout, onProgress})
  return {blobs: blobs.length, bytes}
}

/** For a build made here: the storage's artifacts that have the layers which the cache lacks. */
async function holdersOf(context: Context, {config}: Artifact): Promise<Artifact[]> {
  const holders: Artifact[] = []
  const catalogue = catalogueOf(storageShelf(context, await context.storage()))
  for (const {version, layer, size} of config.releases) {
    const held = holders.some((holder) =>
      holder.config.releases.some((entry) => entry.layer === layer),
    )
    if (held || (await context.cache.has({digest: layer, size}))) continue
    const found = await catalogue.find(version)
    if (found) holders.push(found.artifact)
  }
  return holders
}
