import type {Descriptor} from '../../artifact/descriptor.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import type {Cache} from '../cache.ts'
import type {PullOptions} from '../storage.ts'
import {inParallel} from '../transfer/parallel.ts'
import {distinct} from '../transfer/pull.ts'

/** Files at a time: twice as many as Node's pool has threads for them. */
const atOnce = 8

/** What a cache has of an artifact whose manifest it has. */
export interface Inspection {
  /** The manifest's. */
  readonly bytes: Buffer
  /** What is wanted below the manifest. */
  readonly blobs: readonly Descriptor[]
  /** Those of them that have to be fetched; damaged ones have been taken away. */
  readonly lacking: readonly Descriptor[]
}

/**
 * Looks at everything of an artifact that is wanted and that the cache has, byte for byte. Undefined where it lacks
 * the manifest.
 * @throws INTEGRITY where the manifest is none of squizzle's
 */
export async function inspect(
  cache: Cache,
  manifest: Descriptor,
  want: PullOptions['want'],
  signal: AbortSignal | undefined,
): Promise<Inspection | undefined> {
  signal?.throwIfAborted()
  const bytes = await cache.read(manifest.digest)
  if (bytes === undefined) return undefined
  const {config, layers} = parseManifest(bytes)
  const blobs = want === 'config' ? [config] : distinct([config, ...layers])
  return {bytes, blobs, lacking: await lackingIn(cache, blobs, signal)}
}

/** Those of the blobs that the cache lacks. Every other one has been read and checked. */
export async function lackingIn(
  cache: Cache,
  blobs: readonly Descriptor[],
  signal: AbortSignal | undefined,
): Promise<readonly Descriptor[]> {
  const lacking = new Set<Descriptor>()
  await inParallel(blobs, atOnce, async (blob) => {
    if (!(await cache.intact(blob, signal))) lacking.add(blob)
  })
  return blobs.filter((blob) => lacking.has(blob))
}
