import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** A release as its team built it. */
export interface Release {
  readonly version: string
  /** The release that it was built on; the first has none. */
  readonly base?: string
  /** The other line that it took in. */
  readonly merge?: string
  readonly notes: string
  /** The migrations that it packs, in the order in which they run. */
  readonly migrations: readonly string[]
}

const history = import.meta.dirname
/** The folder as it is today: every migration, and the newest bytes of each repeatable one. */
export const migrationsFolder = join(history, '../db/migrations')

/** Every release, in the order in which they were built. */
export const releases: readonly Release[] = JSON.parse(
  readFileSync(join(history, 'releases.json'), 'utf8'),
)

/** What a database at this version has run, oldest first: the base, then what was merged, then the release. */
export function lineage(version: string): readonly Release[] {
  const release = releases.find((candidate) => candidate.version === version)
  if (release === undefined) {
    throw new Error(`the shop has no release ${version}`)
  }
  const below = [release.base, release.merge].flatMap((v) => (v === undefined ? [] : lineage(v)))
  return [...new Set([...below, release])]
}

/** The forward script that a release packed: `history/` keeps the bytes that the folder no longer has. */
export function scriptOf(version: string, migration: string): string {
  const kept = join(history, version, `${migration}.sql`)
  return existsSync(kept) ? kept : join(migrationsFolder, `${migration}.sql`)
}

/** A migration's rollback or verify script, where it has one. */
export function companionOf(migration: string, kind: 'rollback' | 'verify'): string | undefined {
  const path = join(migrationsFolder, `${migration}.${kind}.sql`)
  return existsSync(path) ? path : undefined
}

/** The migrations folder as it was when the version was built: each file's name, and where its bytes are now. */
export function folderAt(version: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const release of lineage(version)) {
    for (const migration of release.migrations) {
      files.set(`${migration}.sql`, scriptOf(release.version, migration))
      for (const kind of ['rollback', 'verify'] as const) {
        const path = companionOf(migration, kind)
        if (path !== undefined) files.set(`${migration}.${kind}.sql`, path)
      }
    }
  }
  return files
}
