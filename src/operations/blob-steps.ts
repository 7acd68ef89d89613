import {shortDigest} from '../artifact/digest.ts'
import type {BlobProgress} from '../storage/storage.ts'
import type {Artifact} from './open-artifact.ts'
import type {BlobStep, Report} from './report.ts'

/**
 * Tells a transfer's progress in the words of the artifact: which layer, config, manifest.
 * @param artifact absent while nobody has read it yet: then layers go by the titles that they travel under
 */
export function blobSteps(
  artifact: Artifact | undefined,
  direction: BlobStep['direction'],
  report: Report,
): (progress: BlobProgress) => void {
  const titles = artifact ? titlesOf(artifact) : new Map<string, string>()
  return ({digest, size, state, title}) => {
    const travelling = title?.endsWith(layerSuffix)
      ? `layer ${title.slice(0, -layerSuffix.length)}`
      : shortDigest(digest)
    const known = titles.get(digest) ?? travelling
    void report({type: 'blob', direction, digest, title: known, size, state})
  }
}

const layerSuffix = '.tar.gz'

function titlesOf({descriptor, manifest, config}: Artifact): Map<string, string> {
  return new Map([
    [descriptor.digest, 'manifest'],
    [manifest.config.digest, 'config'],
    ...config.releases.map(({layer, version}) => [layer, `layer ${version}`] as const),
  ])
}
