import type {Descriptor} from '../../artifact/descriptor.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import {isTag} from '../../artifact/version.ts'
import {isSquizzleError} from '../../errors.ts'
import type {Cache} from '../cache.ts'
import {largestManifest} from '../descriptors.ts'
import type {BlobProgress, Transfer, TransferOptions} from '../storage.ts'
import {inParallel} from '../transfer/parallel.ts'
import {transferOf} from '../transfer/pull.ts'
import type {Session} from './session.ts'
import type {FailureKind} from './failure.ts'
import {lackingIn} from './inspect.ts'
import {whileAsking, whileSending} from './idle.ts'
import {referenceTo} from './location.ts'
import {progressOf} from './progress.ts'

/** Blobs above which one `oras cp` is cheaper again than a process for each. */
const fewBlobs = 4

/** Failures that say that the registry lacks something after all. */
const inconclusive: ReadonlySet<FailureKind> = new Set([
  'blob-unknown',
  'media-type',
  'not-found',
  'bad-request',
])

/** The annotation in which a layer says of which version it is. Only a hint where to look. */
const versionAnnotation = 'org.squizzle.version'

/**
 * Uploads only what the version before does not have: a registry keeps every blob of a manifest that it holds.
 * Its requests are few however many layers there are.
 * @param blobs the config and the layers, in the manifest's order.
 * @returns undefined where that is no way, and nothing but unreferenced blobs was uploaded.
 */
export async function uploadRest(
  session: Session,
  manifest: Descriptor,
  blobs: readonly Descriptor[],
  cache: Cache,
  onProgress: TransferOptions['onProgress'],
): Promise<Transfer | undefined> {
  const held = await layersOfVersionBefore(session, blobs)
  const rest = blobs.filter(({digest}) => !held.has(digest))
  if (held.size === 0 || rest.length > fewBlobs) return undefined
  if ((await lackingIn(cache, rest, session.signal)).length > 0) return undefined

  const report = (blob: Descriptor, state: BlobProgress['state']) =>
    onProgress?.(progressOf(blob, state))
  for (const blob of blobs) if (held.has(blob.digest)) report(blob, 'present')
  const moved: Descriptor[] = []
  /** @returns whether the registry has it now. */
  const send = async (kind: 'blob' | 'manifest', blob: Descriptor) => {
    report(blob, 'moving')
    const outcome = await session.attempt({
      command: [kind, 'push'],
      operands: [referenceTo(session.location, blob.digest), cache.pathOf(blob.digest)],
      idle: whileSending(blob.size),
    })
    if (!outcome.ok) {
      if (inconclusive.has(outcome.failure.kind)) return false
      throw outcome.error
    }
    const present = outcome.output.toString('utf8').startsWith('Exists')
    report(blob, present ? 'present' : 'done')
    if (!present) moved.push(blob)
    return true
  }
  let complete = true
  await inParallel(rest, fewBlobs, async (blob) => {
    complete = (await send('blob', blob)) && complete
  })
  return complete && (await send('manifest', manifest)) ? transferOf(moved) : undefined
}

/** The layers of the newest inherited release's own artifact, where the registry has that. */
async function layersOfVersionBefore(
  session: Session,
  blobs: readonly Descriptor[],
): Promise<ReadonlySet<string>> {
  // whoever wrote the manifest wrote this: it may be anything
  const version: unknown = blobs.at(-2)?.annotations?.[versionAnnotation]
  const tag = typeof version === 'string' ? version.replace('+', '_') : ''
  if (!isTag(tag)) return new Set()
  const outcome = await session.attempt({
    command: ['manifest', 'fetch'],
    flags: ['--output', '-'],
    operands: [referenceTo(session.location, tag)],
    largestOutput: largestManifest,
    idle: whileAsking,
  })
  return new Set(outcome.ok ? layersIn(outcome.output) : [])
}

/** What is no artifact says nothing of layers. */
function layersIn(manifest: Buffer): string[] {
  try {
    return parseManifest(manifest).layers.map(({digest}) => digest)
  } catch (error) {
    if (isSquizzleError(error)) return []
    throw error
  }
}
