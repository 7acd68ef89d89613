import {restrictTo, sameReleases} from '../artifact/history.ts'
import type {Version} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Storage} from '../storage/storage.ts'
import {dropBuilds} from '../storage/workspace/builds.ts'
import type {Base} from './build-base.ts'
import type {Found} from './catalogue.ts'
import {deriveArtifact} from './derive.ts'
import {linkForPeople} from './layers.ts'
import type {Artifact} from './open-artifact.ts'
import type {PackedRelease} from './pack-release.ts'
import type {Context} from './context.ts'

/** @throws VERSION_EXISTS where the stored version has other content than what was just packed */
export function refuseOtherContent(
  stored: Found,
  base: Base,
  {release, layer}: PackedRelease,
  storageUrl: string,
): void {
  const {version} = release
  const there = restrictTo(stored.artifact.config, version)?.releases ?? []
  const here = [...base.releases, {version, diffId: layer.diffId}]
  if (sameReleases(there, here)) return
  const storedVersion = there.at(-1)?.version ?? version
  throw new SquizzleError(
    'VERSION_EXISTS',
    `version ${storedVersion} exists in ${storageUrl} with other content`,
    {
      hint: 'A released version never changes: give the new content a new version.',
      details: {
        version,
        stored: there.map((entry) => ({version: entry.version, diffId: entry.diffId})),
        built: here.map((entry) => ({version: entry.version, diffId: entry.diffId})),
      },
    },
  )
}

/** Takes the stored artifact of a version into the cache, byte for byte; from here on it is the one. */
export async function adoptStored(
  context: Context,
  storage: Storage,
  {artifact, own}: Found,
  version: Version,
): Promise<Artifact> {
  const {cache, folder, signal, timeout} = context
  await storage.pull(artifact.descriptor, cache, {signal, timeout})
  const adopted = own ? artifact : await deriveArtifact(cache, artifact, version)
  if (!adopted) throw new Error(`the artifact lost ${version}`)
  await dropBuilds(folder, [version])
  await linkForPeople(cache, adopted)
  return adopted
}
