import type {Digest} from '../artifact/digest.ts'
import {releasedMigrations, type ReleasedMigration} from '../artifact/history.ts'
import type {ReleaseEntry} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import {isSquizzleError} from '../errors.ts'
import type {ReadyMigration, ReadyScript} from './ready-migration.ts'

/** What a build will do, before it does anything. */
export interface BuildPlan {
  /** To be packed, in the order in which they will run. */
  readonly fresh: readonly ReadyMigration[]
  /** Released under another name; they stay released. */
  readonly renamed: readonly {
    readonly from: string
    readonly to: string
    readonly release: Version
  }[]
  /** Released, and changed since: the build is refused. */
  readonly edited: readonly EditedMigration[]
  /** Released scripts that are not what the folder holds now, though they don't stop the build. */
  readonly warnings: readonly string[]
}

export interface EditedMigration {
  readonly now: ReadyMigration
  readonly released: ReleasedMigration
}

/**
 * Sorts a folder's migrations against the releases that the new one is built on.
 * @param merged releases that this build takes in from another line: what they repeat must run again, since the
 *   lines ran its bytes in different orders
 */
export async function planBuild(
  folder: readonly ReadyMigration[],
  releases: readonly ReleaseEntry[],
  merged: readonly ReleaseEntry[],
): Promise<BuildPlan> {
  const released = releasedMigrations(releases)
  const repeats = new Set(
    merged.flatMap(({migrations}) => migrations.filter(isRepeatable).map(nameOf)),
  )
  const names = new Set(folder.map(nameOf))
  const gone = [...released.values()].filter(({migration}) => !names.has(migration.name))
  const plan = {
    fresh: [] as ReadyMigration[],
    renamed: [] as {from: string; to: string; release: Version}[],
    edited: [] as EditedMigration[],
    warnings: [] as string[],
  }
  for (const migration of folder) {
    const digest = await migration.forward.digest()
    const before = released.get(migration.name)
    const old = before ? undefined : gone.find((entry) => entry.migration.forward.digest === digest)
    if (old && old.migration.kind !== migration.kind) {
      plan.edited.push({now: migration, released: old})
    } else if (old) {
      gone.splice(gone.indexOf(old), 1)
      plan.renamed.push({
        from: old.migration.name,
        to: migration.name,
        release: old.release.version,
      })
    } else if (!before) {
      plan.fresh.push(migration)
    } else if (before.migration.kind !== migration.kind) {
      plan.edited.push({now: migration, released: before})
    } else if (digest !== before.migration.forward.digest) {
      if (isRepeatable(migration)) plan.fresh.push(migration)
      else plan.edited.push({now: migration, released: before})
    } else if (repeats.has(migration.name)) {
      plan.fresh.push(migration)
    } else {
      plan.warnings.push(...(await changedBeside(migration, before)))
    }
  }
  return plan
}

/** A rollback or verify script that is not the released one any more: said, since it stays as released. */
async function changedBeside(
  now: ReadyMigration,
  {release, migration}: ReleasedMigration,
): Promise<string[]> {
  const warnings: string[] = []
  for (const role of ['rollback', 'verify'] as const) {
    const before = migration[role]?.digest
    const script = now[role]
    const digest = script && (await digestOf(script))
    if (digest === before) continue
    const what = !script ? 'is gone' : before === undefined ? 'is new' : 'has changed'
    warnings.push(
      `the ${role} script of ${now.name} ${what}; it stays as released in ${release.version}`,
    )
  }
  return warnings
}

/** A script that can't be packed as it is has changed for certain; being released, it does not stop the build. */
async function digestOf(script: ReadyScript): Promise<Digest | undefined> {
  try {
    return await script.digest()
  } catch (error) {
    if (isSquizzleError(error)) return undefined
    throw error
  }
}

function nameOf({name}: {readonly name: string}): string {
  return name
}

function isRepeatable({kind}: {readonly kind: string}): boolean {
  return kind === 'repeatable'
}
