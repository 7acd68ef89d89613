import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Digest} from '../../artifact/digest.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import {SquizzleError} from '../../errors.ts'
import type {Cache} from '../cache.ts'
import {largestManifest} from '../descriptors.ts'
import type {PullOptions, Transfer} from '../storage.ts'
import {withLimits} from './limits.ts'
import {inParallel} from './parallel.ts'

/** Where a pull takes blobs from. */
export interface BlobSource {
  /** The storage's. */
  readonly url: string
  /** The manifest's bytes, checked; undefined where the source lacks it. */
  readManifest(manifest: Descriptor, signal: AbortSignal): Promise<Buffer | undefined>
  /** Brings a blob into the cache, checked. @throws INTEGRITY where the source lacks it */
  fetch(blob: Descriptor, cache: Cache, signal: AbortSignal): Promise<void>
  /** Blobs at a time. */
  readonly concurrency: number
}

/** The pull of every backend that hands out single blobs. The manifest comes last into the cache. */
export async function pullBlobs(
  source: BlobSource,
  manifest: Descriptor,
  cache: Cache,
  options: PullOptions = {},
): Promise<Transfer> {
  return withLimits('pulling artifact', options, async (signal) => {
    refuseHuge(manifest)
    const moved: Descriptor[] = []
    const cached = await cache.read(manifest.digest)
    const bytes = cached ?? (await source.readManifest(manifest, signal))
    if (bytes === undefined) throw notFound(source.url, manifest)
    const {config, layers} = parseManifest(bytes)
    const wanted = options.want === 'config' ? [config] : [config, ...layers]

    await inParallel(distinct(wanted), source.concurrency, async (blob) => {
      const {digest, size, annotations} = blob
      const title = annotations?.['org.opencontainers.image.title'] ?? blob.mediaType
      const named = {digest, size, title}
      if (await cache.intact(blob, signal)) {
        options.onProgress?.({...named, state: 'present'})
        return
      }
      options.onProgress?.({...named, state: 'moving'})
      signal.throwIfAborted()
      await source.fetch(blob, cache, signal)
      options.onProgress?.({...named, state: 'done'})
      moved.push(blob)
    })
    signal.throwIfAborted()
    const {digest, size, mediaType: title} = manifest
    if (cached === undefined) {
      await cache.write(bytes)
      moved.push(manifest)
    }
    options.onProgress?.({digest, size, title, state: cached === undefined ? 'done' : 'present'})
    return transferOf(moved)
  })
}

export function notFound(url: string, {digest}: Descriptor): SquizzleError {
  return new SquizzleError('VERSION_NOT_FOUND', `manifest ${digest} not found in ${url}`, {
    hint: 'See what is there with `squizzle list`.',
    details: {digest, storage: url},
  })
}

/** @throws TOO_LARGE */
export function refuseHuge({digest, size}: Descriptor): void {
  if (size <= largestManifest) return
  throw new SquizzleError('TOO_LARGE', `the manifest ${digest} has ${size} bytes`, {
    hint: 'A manifest has 4 MiB at most: this is no artifact of squizzle.',
    details: {digest, size},
  })
}

export function transferOf(moved: readonly Descriptor[]): Transfer {
  return {
    blobs: moved.map(({digest}) => digest),
    bytes: moved.reduce((sum, {size}) => sum + size, 0),
  }
}

/** A hand-made manifest may name one blob twice. */
export function distinct(blobs: readonly Descriptor[]): Descriptor[] {
  return [...new Map<Digest, Descriptor>(blobs.map((blob) => [blob.digest, blob])).values()]
}
