import type {Descriptor} from '../../artifact/descriptor.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import type {Cache} from '../cache.ts'
import type {BlobProgress, PullOptions, Transfer} from '../storage.ts'
import {refuseHuge, transferOf} from '../transfer/pull.ts'
import type {WithSession} from './client.ts'
import {copyAll} from './copy-in.ts'
import {fetchConfig, fetchManifest} from './fetch.ts'
import {refuseForeign} from './foreign.ts'
import {inspect, type Inspection} from './inspect.ts'
import {progressOf} from './progress.ts'
import type {Session} from './session.ts'

/**
 * Brings what the cache lacks of an artifact; where it lacks nothing, no process is started and nobody asked for
 * credentials.
 */
export async function pullArtifact(
  withSession: WithSession,
  manifest: Descriptor,
  cache: Cache,
  options: PullOptions,
): Promise<Transfer> {
  refuseHuge(manifest)
  refuseForeign(manifest.mediaType)
  const before = await inspect(cache, manifest, options.want, options.signal)
  const pull = options.want === 'config' ? pullConfig : copyAll
  const work = (session: Session) => pull(session, manifest, cache, before, options.onProgress)
  if (before === undefined || before.lacking.length > 0) {
    return withSession('pulling artifact', options, work)
  }
  for (const blob of [...before.blobs, manifest]) {
    options.onProgress?.(progressOf(blob, 'present'))
  }
  return transferOf([])
}

/** Manifest and config alone, a request for each that the cache lacks. */
async function pullConfig(
  session: Session,
  manifest: Descriptor,
  cache: Cache,
  before: Inspection | undefined,
  onProgress: PullOptions['onProgress'],
): Promise<Transfer> {
  const report = (blob: Descriptor, state: BlobProgress['state']) =>
    onProgress?.(progressOf(blob, state))
  const moved: Descriptor[] = []
  const bytes = before?.bytes ?? (await fetchManifest(session, manifest))
  const {config} = parseManifest(bytes)
  if (before === undefined && (await cache.intact(config, session.signal))) {
    report(config, 'present')
  } else {
    report(config, 'moving')
    await cache.write(await fetchConfig(session, config))
    report(config, 'done')
    moved.push(config)
  }
  if (before === undefined) {
    await cache.write(bytes)
    moved.push(manifest)
  }
  report(manifest, before === undefined ? 'done' : 'present')
  return transferOf(moved)
}
