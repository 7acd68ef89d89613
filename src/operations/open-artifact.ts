import {parseConfig} from '../artifact/config.ts'
import type {Descriptor} from '../artifact/descriptor.ts'
import {parseManifest, refuseMismatch, type Manifest} from '../artifact/manifest.ts'
import type {ArtifactConfig} from '../artifact/release.ts'
import type {Cache} from '../storage/cache.ts'

/** A version as it is in the cache: its manifest and config, checked; its layers may be absent. */
export interface Artifact {
  readonly descriptor: Descriptor
  readonly manifest: Manifest
  readonly config: ArtifactConfig
}

/**
 * The artifact that a manifest in the cache describes; undefined where manifest or config are not there.
 * @throws INTEGRITY, UNSUPPORTED_FORMAT
 */
export async function openArtifact(
  cache: Cache,
  descriptor: Descriptor,
): Promise<Artifact | undefined> {
  const manifestBytes = await cache.read(descriptor.digest)
  if (!manifestBytes) return undefined
  const manifest = parseManifest(manifestBytes)
  const configBytes = await cache.read(manifest.config.digest)
  if (!configBytes) return undefined
  const config = parseConfig(configBytes)
  refuseMismatch(manifest, config)
  return {descriptor: {...descriptor, size: manifestBytes.length}, manifest, config}
}
