import type {Descriptor} from '../../artifact/descriptor.ts'
import {isTag} from '../../artifact/version.ts'
import type {Cache} from '../cache.ts'
import {largestManifest, parseReferences, type References} from '../descriptors.ts'
import type {Transfer, TransferOptions} from '../storage.ts'
import {distinct, transferOf} from '../transfer/pull.ts'
import type {Session} from './session.ts'
import type {FailureKind} from './failure.ts'
import {whileAsking, whileSending} from './idle.ts'
import {referenceTo} from './location.ts'

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
 * @returns undefined where that is no way, and nothing but unreferenced blobs was uploaded.
 */
export async function uploadRest(
  session: Session,
  manifest: Descriptor,
  {config, layers}: References,
  cache: Cache,
  onProgress: TransferOptions['onProgress'],
): Promise<Transfer | undefined> {
  const held = await blobsOfVersionBefore(session, layers)
  const blobs = distinct([config, ...layers])
  const rest = blobs.filter(({digest}) => !held.has(digest))
  if (held.size === 0 || rest.length > fewBlobs) return undefined
  for (const blob of rest) if (!(await cache.intact(blob, session.signal))) return undefined

  const report = ({digest, size}: Descriptor, state: 'moving' | 'done' | 'present') =>
    onProgress?.({digest, size, state})
  for (const blob of blobs) if (held.has(blob.digest)) report(blob, 'present')
  const send = async (kind: 'blob' | 'manifest', blob: Descriptor) => {
    report(blob, 'moving')
    const outcome = await session.attempt({
      command: [kind, 'push'],
      operands: [referenceTo(session.location, blob.digest), cache.pathOf(blob.digest)],
      idle: whileSending(blob.size),
    })
    if (!outcome.ok) {
      if (inconclusive.has(outcome.failure.kind)) return undefined
      throw outcome.error
    }
    const present = outcome.output.toString('utf8').startsWith('Exists')
    report(blob, present ? 'present' : 'done')
    return present ? [] : [blob]
  }
  const sent = await Promise.all(rest.map((blob) => send('blob', blob)))
  if (sent.includes(undefined)) return undefined
  const last = await send('manifest', manifest)
  return last && transferOf([...sent.flatMap((one) => one ?? []), ...last])
}

/** The layers of the newest inherited release's own artifact, where the registry has that. */
async function blobsOfVersionBefore(
  session: Session,
  layers: readonly Descriptor[],
): Promise<ReadonlySet<string>> {
  const tag = layers.at(-2)?.annotations?.[versionAnnotation]?.replace('+', '_')
  if (tag === undefined || !isTag(tag)) return new Set()
  const outcome = await session.attempt({
    command: ['manifest', 'fetch'],
    flags: ['--output', '-'],
    operands: [referenceTo(session.location, tag)],
    largestOutput: largestManifest,
    idle: whileAsking,
  })
  if (!outcome.ok) return new Set()
  try {
    return new Set(parseReferences(outcome.output, tag).layers.map(({digest}) => digest))
  } catch {
    // an index or something else under the tag says nothing of these layers
    return new Set()
  }
}
