import {findRelease} from '../artifact/history.ts'
import {compareVersions, isStable, sameVersion, type Version} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Base} from './build-base.ts'
import type {Catalogue} from './catalogue.ts'
import type {ReadyMigration} from './ready-migration.ts'

/**
 * Refuses a migration whose name another stable line has released: one database would run it twice.
 * @throws RELEASED_ELSEWHERE
 */
export async function refuseReleasedElsewhere(
  version: Version,
  base: Base,
  fresh: readonly ReadyMigration[],
  catalogues: readonly Catalogue[],
): Promise<void> {
  const names = new Set(fresh.filter(({kind}) => kind === 'versioned').map(({name}) => name))
  if (names.size === 0) return
  for (const catalogue of catalogues) {
    for (const {config} of await catalogue.stableHeads()) {
      for (const release of config.releases) {
        if (findRelease(base.releases, release.version)) continue
        if (sameVersion(release.version, version) || !isStable(release.version)) continue
        const twice = release.migrations.find(({name}) => names.has(name))
        if (twice) throw elsewhere(twice.name, release.version, version, catalogue.name)
      }
    }
  }
}

function elsewhere(
  migration: string,
  release: Version,
  version: Version,
  place: string,
): SquizzleError {
  const lower = compareVersions(release, version) < 0
  return new SquizzleError(
    'RELEASED_ELSEWHERE',
    `${migration} is released in ${release}: ${
      lower ? `build with \`--merge ${release}\`` : 'apply that one, or rename the file'
    }`,
    {
      hint: `${place} has it, and ${version} is not built on it: a database that gets both would run it twice.`,
      details: {migration, release, version},
    },
  )
}
