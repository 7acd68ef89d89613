import type {Cache} from '../../../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../../../src/storage/contract/artifact.ts'
import type {TagRequest} from '../../../../src/storage/storage.ts'
import type {ScriptedRegistry} from './scripted-registry.ts'

/** A line of so many releases, the newest of them. */
export function artifactOf(releases: number): SampleArtifact {
  let newest = sampleArtifact({version: '1.0.0'})
  for (let minor = 1; minor < releases; minor++) {
    newest = sampleArtifact({version: `1.${minor}.0`, on: newest})
  }
  return newest
}

/** The next release of a line. */
export function nextOf(artifact: SampleArtifact): SampleArtifact {
  return sampleArtifact({version: `1.${artifact.layers.length}.0`, on: artifact})
}

export async function cacheWith(cache: Cache, ...artifacts: SampleArtifact[]): Promise<Cache> {
  await fillCache(cache, ...artifacts)
  return cache
}

/** Puts an artifact into a scripted registry, as if it had been pushed. */
export function keepIn(
  registry: ScriptedRegistry,
  name: string,
  {manifest, blobs}: SampleArtifact,
  ...tags: string[]
): void {
  const repository = registry.repository(name)
  for (const [digest, bytes] of blobs) {
    if (digest !== manifest.digest) repository.blobs.set(digest, bytes)
  }
  const bytes = blobs.get(manifest.digest)!
  repository.manifests.set(manifest.digest, {bytes, mediaType: manifest.mediaType})
  for (const tag of tags) repository.tags.set(tag, manifest.digest)
}

export function create(name: string): TagRequest {
  return {name, mode: 'create'}
}

export function move(name: string): TagRequest {
  return {name, mode: 'move'}
}
