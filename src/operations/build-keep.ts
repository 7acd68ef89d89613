import type {Digest} from '../artifact/digest.ts'
import {findRelease} from '../artifact/history.ts'
import type {ArtifactConfig, ReleaseEntry} from '../artifact/release.ts'
import {compareVersions, type Version} from '../artifact/version.ts'
import type {Cache, LocalBuild} from '../storage/cache.ts'
import {dropBuilds, localBuilds, recordBuild, unpushed} from '../storage/workspace/builds.ts'
import type {Base} from './build-base.ts'
import type {BuildInput} from './build.ts'
import {writeArtifact} from './derive.ts'
import {gitFacts, isoTime} from './git.ts'
import {linkForPeople} from './layers.ts'
import {openArtifact, type Artifact} from './open-artifact.ts'
import type {PackedRelease} from './pack-release.ts'
import type {Context} from './context.ts'

/** Puts a packed release on top of its base, into the cache, as an unpushed build of its version. */
export async function keepBuild(
  {settings, cache, folder}: Context,
  {version, author, notes, sourceDateEpoch, toolVersion}: BuildInput,
  base: Base,
  project: string,
  {release, layer}: PackedRelease,
): Promise<{readonly artifact: Artifact; readonly dropped: readonly Version[]}> {
  const {revision, source, committed} = await gitFacts(settings.migrations.path)
  const now = Date.now() / 1000
  const created =
    sourceDateEpoch === undefined ? (committed ?? isoTime(now)) : isoTime(sourceDateEpoch)
  const entry: ReleaseEntry = {
    ...release,
    layer: layer.digest,
    size: layer.bytes.length,
    diffId: layer.diffId,
    created,
    ...(author !== undefined && {author}),
    ...(notes !== undefined && {notes}),
  }
  const config: ArtifactConfig = {
    schemaVersion: 1,
    features: [],
    project,
    version,
    builder: {name: 'squizzle', version: toolVersion},
    releases: [...base.releases, entry],
  }
  await cache.write(layer.bytes)
  const artifact = await writeArtifact(cache, config, {created, revision, source, author, notes})
  const stale = await buildsOnTop(cache, await localBuilds(folder), version, layer.diffId)
  const own = [{digest: layer.digest, size: layer.bytes.length}, artifact.manifest.config]
  const manifest = artifact.descriptor
  await recordBuild(folder, cache, {version, manifest, origin: 'build', pushedTo: []}, own)
  const dropped = await dropBuilds(folder, stale)
  await linkForPeople(cache, artifact)
  return {artifact, dropped: dropped.map((one) => one.version)}
}

/** Unpushed builds made on other content of this version, which they can't be pushed with any more. */
async function buildsOnTop(
  cache: Cache,
  builds: readonly LocalBuild[],
  version: Version,
  diffId: Digest,
): Promise<Version[]> {
  const found: Version[] = []
  for (const build of unpushed(builds)) {
    if (compareVersions(build.version, version) <= 0) continue
    const artifact = await openArtifact(cache, build.manifest)
    const below = artifact && findRelease(artifact.config.releases, version)
    if (below && below.diffId !== diffId) found.push(build.version)
  }
  return found
}
