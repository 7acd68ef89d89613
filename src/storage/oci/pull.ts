import {readdir, stat} from 'node:fs/promises'
import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Digest} from '../../artifact/digest.ts'
import {mediaTypes} from '../../artifact/media-types.ts'
import {SquizzleError} from '../../errors.ts'
import {blobFolder} from '../blobs/path.ts'
import type {BlobName, Cache} from '../cache.ts'
import {parseReferences} from '../descriptors.ts'
import type {PullOptions, Transfer} from '../storage.ts'
import {distinct, notFound, refuseHuge, transferOf} from '../transfer/pull.ts'
import type {Session} from './session.ts'
import {parseCopyLine, watchCopy} from './copy-output.ts'
import {concurrency} from './concurrency.ts'
import {fetchConfig, fetchManifest, lacks} from './fetch.ts'
import {whileReceiving} from './idle.ts'
import {withEmptyLayout} from './layout.ts'
import {referenceTo, urlOf} from './location.ts'

/** Manifest and config alone: one request each, and none for what the cache has. */
export async function pullConfig(
  session: Session,
  manifest: Descriptor,
  cache: Cache,
  {onProgress}: PullOptions,
): Promise<Transfer> {
  refuseHuge(manifest)
  const moved: Descriptor[] = []
  const cached = await cache.read(manifest.digest)
  const bytes = cached ?? (await fetchManifest(session, manifest))
  const {config} = parseReferences(bytes, `the manifest ${manifest.digest}`)
  const report = ({digest, size}: Descriptor, state: 'moving' | 'done' | 'present') =>
    onProgress?.({digest, size, state})

  if (await cache.intact(config, session.signal)) {
    report(config, 'present')
  } else {
    report(config, 'moving')
    await cache.write(await fetchConfig(session, config))
    report(config, 'done')
    moved.push(config)
  }
  if (cached === undefined) {
    await cache.write(bytes)
    moved.push(manifest)
  }
  report(manifest, cached === undefined ? 'done' : 'present')
  return transferOf(moved)
}

/** Manifest, config and layers: one copy of what the cache lacks, and no process where it lacks nothing. */
export async function pullAll(
  session: Session,
  manifest: Descriptor,
  cache: Cache,
  {onProgress}: PullOptions,
): Promise<Transfer> {
  refuseHuge(manifest)
  refuseForeign(manifest.mediaType)
  const state = await inspect(cache, manifest, session.signal)
  if (state !== undefined && state.lacking.length === 0) {
    for (const {digest, size} of [...state.blobs, manifest]) {
      onProgress?.({digest, size, state: 'present'})
    }
    return transferOf([])
  }
  const watch = watchCopy(
    [manifest, ...(state?.blobs ?? [])],
    (short) => find(cache, short),
    onProgress,
  )
  await copyIn(session, manifest, cache, state?.bytes, watch.onLine)
  let arrived = await inspect(cache, manifest, session.signal)
  if (arrived === undefined || arrived.lacking.length > 0) {
    // a blob that was in the cache and damaged came to light only now, or another process took the manifest away
    await copyIn(session, manifest, cache, arrived?.bytes, watch.onLine)
    arrived = await inspect(cache, manifest, session.signal)
  }
  await watch.settled()
  if (arrived === undefined) throw unfulfilled(manifest.digest)
  const [lost] = arrived.lacking
  if (lost !== undefined) throw unfulfilled(lost.digest)
  return transferOf(watch.moved([...arrived.blobs, manifest]))
}

interface Inspection {
  readonly bytes: Buffer
  readonly blobs: readonly Descriptor[]
  /** Damaged ones too: they have been taken away. */
  readonly lacking: readonly Descriptor[]
}

/** What the cache has of the artifact, every blob checked; undefined where it lacks the manifest. */
async function inspect(
  cache: Cache,
  manifest: Descriptor,
  signal: AbortSignal,
): Promise<Inspection | undefined> {
  const bytes = await cache.read(manifest.digest)
  if (bytes === undefined) return undefined
  const {config, layers} = parseReferences(bytes, `the manifest ${manifest.digest}`)
  const blobs = distinct([config, ...layers])
  const lacking: Descriptor[] = []
  for (const blob of blobs) if (!(await cache.intact(blob, signal))) lacking.push(blob)
  return {bytes, blobs, lacking}
}

/**
 * @param bytes the manifest's, where the cache has it. oras takes everything below a manifest that is there
 *   for present, so that it goes while layers are fetched, and comes back whatever happens.
 */
async function copyIn(
  session: Session,
  manifest: Descriptor,
  cache: Cache,
  bytes: Buffer | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  const {location} = session
  if (bytes !== undefined) await cache.remove(manifest.digest)
  try {
    const outcome = await withEmptyLayout(cache, ({cwd, operand, arriving}) =>
      session.attempt({
        command: ['cp'],
        flags: ['--no-tty', '--concurrency', concurrency, '--to-oci-layout'],
        operands: [referenceTo(location, manifest.digest), operand],
        end: 'from',
        cwd,
        idle: whileReceiving(arriving),
        onLine(line) {
          const label = parseCopyLine(line)?.label
          if (label?.includes('/')) refuseForeign(label)
          onLine(line)
        },
      }),
    )
    if (!outcome.ok) throw explainMissing(outcome, manifest, urlOf(location))
  } finally {
    if (bytes !== undefined && !(await cache.has(manifest))) await cache.write(bytes)
  }
}

function explainMissing(
  {failure, error}: {failure: {kind: string; text: string}; error: SquizzleError},
  manifest: Descriptor,
  url: string,
): SquizzleError {
  if (failure.kind !== 'not-found') return error
  const blob = /: (sha256:[0-9a-f]{64}): (?:.*: )?not found$/m.exec(failure.text)?.[1]
  return blob === undefined ? notFound(url, manifest) : lacks(url, blob)
}

const ours: ReadonlySet<string> = new Set([
  mediaTypes.manifest,
  mediaTypes.config,
  mediaTypes.layer,
])

/** An image of a gigabyte is not fetched to find out that it is none of squizzle's artifacts. @throws INTEGRITY */
function refuseForeign(mediaType: string): void {
  if (ours.has(mediaType)) return
  throw new SquizzleError(
    'INTEGRITY',
    `this is not a squizzle artifact: it has something of type ${mediaType}`,
    {
      hint: 'Check the repository and the tag: something else may be kept there.',
      details: {mediaType},
    },
  )
}

function unfulfilled(digest: Digest): SquizzleError {
  return new SquizzleError('INTEGRITY', `oras has not brought ${digest}, though it said so`, {
    hint: 'Check that `oras` is the real one (SQUIZZLE_ORAS), and try again.',
    details: {digest},
  })
}

/** A blob of the cache by the beginning of its digest. */
async function find(cache: Cache, short: string): Promise<BlobName | undefined> {
  const names = await readdir(blobFolder(cache.folder)).catch(() => [])
  const name = names.find((one) => one.startsWith(short) && /^[0-9a-f]{64}$/.test(one))
  if (name === undefined) return undefined
  const digest = `sha256:${name}` as Digest
  const found = await stat(cache.pathOf(digest)).catch(() => undefined)
  return found && {digest, size: found.size}
}
