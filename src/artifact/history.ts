import type {ArtifactConfig, Migration, ReleaseEntry, ReleaseIdentity} from './release.ts'
import {sameVersion, type Version} from './version.ts'

/** A migration and the release that packs it. */
export interface ReleasedMigration {
  readonly release: ReleaseEntry
  readonly migration: Migration
}

export function findRelease(
  releases: readonly ReleaseEntry[],
  version: Version,
): ReleaseEntry | undefined {
  return releases.find((entry) => sameVersion(entry.version, version))
}

/** Every migration by its name; of a repeatable one, the newest bytes. */
export function releasedMigrations(
  releases: readonly ReleaseEntry[],
): ReadonlyMap<string, ReleasedMigration> {
  return new Map(
    releases.flatMap((release) =>
      release.migrations.map((migration) => [migration.name, {release, migration}] as const),
    ),
  )
}

/** Whether two artifacts have the same content: the project and the list of (version, diffId). */
export function sameContent(a: ArtifactConfig, b: ArtifactConfig): boolean {
  return a.project === b.project && sameReleases(a.releases, b.releases)
}

export function sameReleases(
  a: readonly ReleaseIdentity[],
  b: readonly ReleaseIdentity[],
): boolean {
  return a.length === b.length && a.every((entry, index) => sameRelease(entry, b[index]))
}

function sameRelease(a: ReleaseIdentity, b: ReleaseIdentity | undefined): boolean {
  return a.version === b?.version && a.diffId === b.diffId
}

/**
 * The artifact as it was when the version was built: that release and all that it is, by way of others, after, in
 * the order in which they stand. Undefined where the artifact lacks the version.
 */
export function restrictTo(config: ArtifactConfig, version: Version): ArtifactConfig | undefined {
  const newest = findRelease(config.releases, version)
  if (!newest) return undefined
  const wanted = new Set<Version>([newest.version])
  for (const entry of config.releases.toReversed()) {
    if (wanted.has(entry.version)) for (const earlier of entry.after) wanted.add(earlier)
  }
  return {
    ...config,
    version: newest.version,
    releases: config.releases.filter((entry) => wanted.has(entry.version)),
  }
}
