import {cp, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../../src/files/temp.ts'
import {built} from './product.ts'

/** The calls that take the lock, as the build has them: of the transaction, and of the session twice. */
const takes = /pg_catalog\.pg_try_advisory_(?:xact_)?lock\(\$\{lockLiteral\([\w.]+\)\}\)/g
const calls = 3

/** Below the root, where the build finds its packages; never in git. */
const inside = join(import.meta.dirname, '../../../.services')

/**
 * Runs the work with a build in which every run believes to have the lock: what then still keeps runs apart is the ledger.
 * The product has no such switch.
 */
export async function withUnlockedBuild(work: (folder: string) => Promise<void>): Promise<void> {
  await withTempDir(async (folder) => {
    const copy = join(folder, 'dist')
    await cp(built, copy, {recursive: true})
    const replaced = await takeLocksOut(join(copy, 'database'))
    if (replaced !== calls) throw new Error(`the lock is taken in ${replaced} places, not ${calls}`)
    await work(copy)
  }, inside)
}

/** @returns how many there were */
async function takeLocksOut(folder: string): Promise<number> {
  let replaced = 0
  for (const name of await readdir(folder, {recursive: true})) {
    if (!name.endsWith('.js')) continue
    const path = join(folder, name)
    const text = await readFile(path, 'utf8')
    replaced += text.match(takes)?.length ?? 0
    await writeFile(path, text.replaceAll(takes, 'true'))
  }
  return replaced
}
