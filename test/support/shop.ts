import {readFile} from 'node:fs/promises'
import {basename} from 'node:path'
import {companionOf, lineage, releases, scriptOf} from '../../examples/shop/history/releases.ts'
import type {Release} from '../../examples/shop/history/releases.ts'

/** A migration of the example shop within a release: what runs it, undoes it and checks it, as paths. */
export interface Step {
  readonly release: string
  readonly migration: string
  readonly forward: string
  readonly rollback: string
  readonly verify: string | undefined
}

/** Scripts that PostgreSQL refuses to run in a transaction. Named here, so that no code under test decides. */
const alone = new Set([
  '0018_products_search_index.sql',
  '0018_products_search_index.rollback.sql',
  '0028_detach_movements_2023.sql',
  '0029_orders_placed_at_index.sql',
])

export function runsInTransaction(path: string): boolean {
  return !alone.has(basename(path))
}

/** The versions that a database at this one has run, oldest first. */
export function versionsUpTo(version: string): readonly string[] {
  return lineage(version).map((release) => release.version)
}

export const newestVersion = releases.at(-1)?.version ?? ''

/** Every migration of these releases, run in this order; each release is a group. */
export function shopSteps(versions: readonly string[]): readonly (readonly Step[])[] {
  const ran = new Map<string, string>()
  return versions.map((version) =>
    findRelease(version).migrations.map((migration) => {
      const forward = scriptOf(version, migration)
      // what a repeatable migration falls back to is the script that ran before it
      const rollback = ran.get(migration) ?? companionOf(migration, 'rollback')
      if (rollback === undefined) throw new Error(`${migration} has no rollback`)
      ran.set(migration, forward)
      const verify = companionOf(migration, 'verify')
      return {release: version, migration, forward, rollback, verify}
    }),
  )
}

function findRelease(version: string): Release {
  const release = releases.find((candidate) => candidate.version === version)
  if (release === undefined) throw new Error(`the shop has no release ${version}`)
  return release
}

/** Runs scripts in order: neighbours that can share a transaction do, the others stand alone. */
export async function runScripts(
  paths: readonly string[],
  run: (sql: string) => Promise<unknown>,
): Promise<void> {
  let open = false
  for (const path of paths) {
    const transaction = runsInTransaction(path)
    if (transaction !== open) await run(transaction ? 'BEGIN' : 'COMMIT')
    open = transaction
    await run(await readFile(path, 'utf8'))
  }
  if (open) await run('COMMIT')
}
