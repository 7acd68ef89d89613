import {shortDigest} from '../artifact/digest.ts'
import {mediaTypes} from '../artifact/media-types.ts'
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
    const known = titles.get(digest) ?? byTitle(title) ?? shortDigest(digest)
    void report({type: 'blob', direction, digest, title: known, size, state})
  }
}

/** What a blob is by the title that it travels under, else by its media type. */
function byTitle(title: string | undefined): string | undefined {
  if (title === mediaTypes.config) return 'config'
  if (title === mediaTypes.manifest) return 'manifest'
  return title?.endsWith(layerSuffix) ? `layer ${title.slice(0, -layerSuffix.length)}` : undefined
}

const layerSuffix = '.tar.gz'

function titlesOf({descriptor, manifest, config}: Artifact): Map<string, string> {
  return new Map([
    [descriptor.digest, 'manifest'],
    [manifest.config.digest, 'config'],
    ...config.releases.map(({layer, version}) => [layer, `layer ${version}`] as const),
  ])
}
