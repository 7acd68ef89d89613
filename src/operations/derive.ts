import {encodeConfig} from '../artifact/config.ts'
import {findRelease, restrictTo} from '../artifact/history.ts'
import {encodeManifest, manifestDescriptor, type Provenance} from '../artifact/manifest.ts'
import type {ArtifactConfig} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import type {Cache} from '../storage/cache.ts'
import {openArtifact, type Artifact} from './open-artifact.ts'

/** Writes an artifact's config and manifest into the cache. @throws NOT_WRITABLE, TOO_LARGE */
export async function writeArtifact(
  cache: Cache,
  config: ArtifactConfig,
  provenance: Provenance,
): Promise<Artifact> {
  const configBytes = encodeConfig(config)
  const manifestBytes = encodeManifest(config, configBytes, provenance)
  await cache.write(configBytes)
  await cache.write(manifestBytes)
  const artifact = await openArtifact(cache, manifestDescriptor(manifestBytes))
  if (!artifact) throw new Error('the cache lost what was just written')
  return artifact
}

/**
 * A version's own artifact, written anew from a newer one that contains it: its own manifest may be gone, which loses
 * no SQL.
 */
export async function deriveArtifact(
  cache: Cache,
  newer: Artifact,
  version: Version,
): Promise<Artifact | undefined> {
  const config = restrictTo(newer.config, version)
  const entry = config && findRelease(config.releases, version)
  if (!config || !entry) return undefined
  if (config.releases.length === newer.config.releases.length) return newer
  const {created, author, notes} = entry
  return writeArtifact(cache, config, {created, author, notes})
}
