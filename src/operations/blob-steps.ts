import type {BlobProgress} from '../storage/storage.ts'
import type {Artifact} from './open-artifact.ts'
import type {BlobStep, Report} from './report.ts'

/** Tells a transfer's progress in the words of the artifact: which layer, config, manifest. */
export function blobSteps(
  {descriptor, manifest, config}: Artifact,
  direction: BlobStep['direction'],
  report: Report,
): (progress: BlobProgress) => void {
  const titles = new Map<string, string>([
    [descriptor.digest, 'manifest'],
    [manifest.config.digest, 'config'],
    ...config.releases.map(({layer, version}) => [layer, `layer ${version}`] as const),
  ])
  return ({digest, size, state}) => {
    const title = titles.get(digest) ?? digest
    void report({type: 'blob', direction, digest, title, size, state})
  }
}
