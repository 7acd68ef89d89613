import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {ledgerOf} from './apply.ts'
import type {TestDatabase} from './engines.ts'
import {traces} from './killed-artifact.ts'

const program = join(import.meta.dirname, 'killed-program.ts')

/** Runs in a process that kills itself at a report. @returns how many reports there were, if it got through */
export async function runAndDie(
  url: string,
  what: 'apply' | 'rollback',
  mode: string,
  at: number,
): Promise<number | undefined> {
  try {
    const run = promisify(execFile)(process.execPath, [program, url, what, mode, String(at)])
    return Number((await run).stdout)
  } catch (error) {
    if ((error as {signal?: string}).signal === 'SIGKILL') return undefined
    throw error
  }
}

/** The migrations that the ledger calls done must be those that the catalogue shows. */
export async function checkTruth({url, ask}: TestDatabase): Promise<void> {
  const {releases} = await ledgerOf(url)
  const rows = releases.flatMap(({migrations}) => migrations)
  const objects = await ask(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace order by 1",
  )
  const found = objects.map(({name}) => name)
  for (const [migration, object] of Object.entries(traces)) {
    const row = rows.find(({name}) => name === migration)
    // one whose outcome is open is no claim
    if (row?.state === 'begun' || row?.state === 'undoing') continue
    assert.equal(found.includes(object), row?.state === 'done', migration)
  }
}
