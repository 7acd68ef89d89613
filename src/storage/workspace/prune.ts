import type {Digest} from '../../artifact/digest.ts'
import {parseManifest, type Manifest} from '../../artifact/manifest.ts'
import {isVersion, newestFirst, type Version} from '../../artifact/version.ts'
import {isSquizzleError} from '../../errors.ts'
import {blobFilesIn} from '../blobs/files.ts'
import type {Cache} from '../cache.ts'
import {largestManifest} from '../descriptors.ts'
import {unpushed} from './builds.ts'
import {neededBy, removeBlobs} from './needed.ts'
import {readState, withStateLock} from './state.ts'

export interface CachePruneInput {
  /** How many versions stay, the newest ones. */
  readonly keep?: number | undefined
  /** Milliseconds: versions that came into the cache less long ago stay. */
  readonly olderThan?: number | undefined
}

export interface CachePruned {
  readonly removed: readonly Version[]
  readonly kept: readonly Version[]
  readonly blobs: number
  /** Bytes. */
  readonly bytes: number
}

interface CachedManifest {
  readonly version: Version
  readonly digest: Digest
  /** When it came into the cache, in milliseconds since the epoch. */
  readonly since: number
}

/** Milliseconds that a pull may take at most: it brings layers before the manifest that needs them. */
const longestPull = 3_600_000

/**
 * Removes old versions from the cache, and the blobs that only they need: what is not among the newest ones, and not young.
 * Builds that were pushed nowhere stay, whatever their version.
 */
export async function pruneCache(
  workspace: string,
  cache: Cache,
  {keep, olderThan}: CachePruneInput,
): Promise<CachePruned> {
  return withStateLock(workspace, async () => {
    const now = Date.now()
    const waiting = unpushed((await readState(workspace)).builds).map(
      ({manifest}) => manifest.digest,
    )
    const cached = await cachedManifests(cache)
    const newest = newestFirst(new Set(cached.map(({version}) => version))).slice(0, keep ?? 0)
    const stays = ({version, digest, since}: CachedManifest) =>
      waiting.includes(digest) ||
      newest.includes(version) ||
      (olderThan !== undefined && since > now - olderThan)
    const {kept = [], gone = []} = Object.groupBy(cached, (one) => (stays(one) ? 'kept' : 'gone'))
    const needed = await neededBy([...waiting, ...kept.map(({digest}) => digest)], cache)
    const leaving = await neededBy(
      gone.map(({digest}) => digest),
      cache,
    )
    const blobs = await removeBlobs(cache, needed, ({name, modified}) =>
      leaving.has(digestOf(name)) ? true : modified.getTime() < now - longestPull,
    )
    const left = new Set(kept.map(({version}) => version))
    return {
      removed: newestFirst(new Set(gone.map(({version}) => version))).filter(
        (version) => !left.has(version),
      ),
      kept: newestFirst(left),
      blobs: blobs.length,
      bytes: blobs.reduce((sum, {size}) => sum + size, 0),
    }
  })
}

/** What the cache knows as artifacts, whoever brought them. */
async function cachedManifests(cache: Cache): Promise<readonly CachedManifest[]> {
  const found: CachedManifest[] = []
  for (const {name, size, modified} of await blobFilesIn(cache.folder)) {
    if (size > largestManifest) continue
    const digest = digestOf(name)
    const version = (await readManifest(cache, digest))?.annotations['org.squizzle.version']
    // anybody may have written the annotation, but all that it decides is what has to be fetched again
    if (version === undefined || !isVersion(version)) continue
    found.push({version, digest, since: modified.getTime()})
  }
  return found
}

async function readManifest(cache: Cache, digest: Digest): Promise<Manifest | undefined> {
  const bytes = await cache.read(digest)
  // a `{` begins a manifest or a config, and no layer
  if (bytes?.[0] !== 0x7b) return undefined
  try {
    return parseManifest(bytes)
  } catch (error) {
    if (isSquizzleError(error)) return undefined
    throw error
  }
}

/** @param hex as the files of a cache are named */
function digestOf(hex: string): Digest {
  return `sha256:${hex}` as Digest
}
