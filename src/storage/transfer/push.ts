import type {Descriptor} from '../../artifact/descriptor.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import {hasErrno, isSquizzleError, SquizzleError} from '../../errors.ts'
import type {Cache} from '../cache.ts'
import type {Transfer, TransferOptions} from '../storage.ts'
import {inParallel} from './parallel.ts'
import {distinct, refuseHuge, transferOf} from './pull.ts'

/** Where a push puts blobs. */
export interface BlobTarget {
  /** The manifest's bytes where the target has it, for a cache that lacks it. */
  readManifest(manifest: Descriptor, signal: AbortSignal): Promise<Buffer | undefined>
  /** Those of the blobs that the target does not have, or not intact where it can tell. */
  lacking(blobs: readonly Descriptor[], signal: AbortSignal): Promise<readonly Descriptor[]>
  /** Stores a blob of the cache, checked. @throws INTEGRITY where the cache's copy is damaged */
  store(blob: Descriptor, cache: Cache, signal: AbortSignal): Promise<void>
  /** Blobs at a time. */
  readonly concurrency: number
}

/** The push of every backend that takes single blobs: the manifest last, the tags are the caller's. */
export async function pushBlobs(
  target: BlobTarget,
  manifest: Descriptor,
  cache: Cache,
  signal: AbortSignal,
  onProgress: TransferOptions['onProgress'],
): Promise<Transfer> {
  refuseHuge(manifest)
  const bytes = (await cache.read(manifest.digest)) ?? (await target.readManifest(manifest, signal))
  if (bytes === undefined) throw nowhere('manifest', manifest)
  const {config, layers} = parseManifest(bytes)
  const blobs = distinct([config, ...layers])
  const lacking = new Set(await target.lacking([...blobs, manifest], signal))
  for (const blob of [...blobs, manifest]) {
    if (!lacking.has(blob)) onProgress?.({digest: blob.digest, size: blob.size, state: 'present'})
    else if (!(await cache.has(blob))) throw nowhere(blob === config ? 'config' : 'layer', blob)
  }

  const moved: Descriptor[] = []
  const store = async (blob: Descriptor) => {
    const {digest, size} = blob
    onProgress?.({digest, size, state: 'moving'})
    signal.throwIfAborted()
    await target.store(blob, cache, signal).catch(async (error: unknown) => {
      if (!isDamage(error) || (await cache.intact(blob))) throw error
      throw nowhere(blob === config ? 'config' : 'layer', blob, error)
    })
    onProgress?.({digest, size, state: 'done'})
    moved.push(blob)
  }
  await inParallel(
    blobs.filter((blob) => lacking.has(blob)),
    target.concurrency,
    store,
  )
  signal.throwIfAborted()
  if (lacking.has(manifest)) await store(manifest)
  return transferOf(moved)
}

function isDamage(error: unknown): boolean {
  return (isSquizzleError(error) && error.code === 'INTEGRITY') || hasErrno(error, 'ENOENT')
}

function nowhere(what: string, {digest}: Descriptor, cause?: unknown): SquizzleError {
  return new SquizzleError(
    'VERSION_NOT_FOUND',
    `the ${what} ${digest} is neither in the cache nor in the storage`,
    {
      hint: 'Pull it from the storage that has it, or build or import it again.',
      details: {digest},
      cause,
    },
  )
}
