import assert from 'node:assert/strict'
import {isSquizzleError} from '../../../src/errors.ts'
import {apply} from '../../../test/database/support/apply.ts'
import {ask} from './databases.ts'
import {reference} from './reference.ts'
import {leftovers, stateOf} from './state.ts'
import {checkTruth} from './truth.ts'

/** Seconds that a plain re-run waits for what a killed one has left on the server. */
const waitLock = 20

/**
 * Whatever happened to a run of the reference releases, one plain re-run finishes: then the database is what a clean run makes
 * of it, and nothing is left behind. Or it names what a person must decide.
 * @param clean as `stateOf` says it
 */
export async function settle(
  url: string,
  clean: string,
  rerun: (options: {waitLock: number}) => Promise<unknown> = (options) =>
    apply(url, reference, options),
): Promise<void> {
  await checkTruth(url)
  try {
    await rerun({waitLock})
  } catch (error) {
    if (!isSquizzleError(error) || error.code !== 'UNRESOLVED') throw error
    await checkTruth(url)
    await checkOpen(url)
    return
  }
  await checkTruth(url)
  assert.equal(await stateOf(url), clean)
  assert.deepEqual(await leftovers(url), [])
}

/** Only of a statement that was begun may a person be asked. */
async function checkOpen(url: string): Promise<void> {
  const open = await ask(
    url,
    "select name from squizzle.migrations where state <> 'done' and statement_started > statement_done",
  )
  assert.equal(open.length, 1, 'it asks for a decision that nobody needs to make')
}
