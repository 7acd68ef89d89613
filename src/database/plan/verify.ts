import type {ReleaseEntry} from '../../artifact/release.ts'
import type {PlannedMigration} from './segments.ts'

/**
 * The verify scripts of releases, in the order in which the releases came. Of a repeatable migration only the newest bytes
 * are in the database, so only their script says anything.
 */
export function scriptsToVerify(releases: readonly ReleaseEntry[]): readonly PlannedMigration[] {
  const newest = new Map(
    releases.flatMap((release) => release.migrations.map(({name}) => [name, release] as const)),
  )
  return releases.flatMap((release) =>
    release.migrations.flatMap((migration, index): PlannedMigration[] => {
      const replaced = migration.kind === 'repeatable' && newest.get(migration.name) !== release
      const planned = verifyOf(release, index + 1)
      return replaced || planned === undefined ? [] : [planned]
    }),
  )
}

/** @param position in the release, from 1 */
export function verifyOf(
  {version, migrations}: ReleaseEntry,
  position: number,
): PlannedMigration | undefined {
  const migration = migrations[position - 1]
  if (migration?.verify === undefined) return undefined
  return {
    release: version,
    position,
    migration,
    source: {release: version, migration, role: 'verify', script: migration.verify},
    statementsDone: 0,
    statementOpen: false,
  }
}
