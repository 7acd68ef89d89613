import assert from 'node:assert/strict'
import {isSquizzleError} from '../../../src/errors.ts'
import {apply} from '../../../test/database/support/apply.ts'
import {decide} from './decide.ts'
import {reference} from './reference.ts'
import {leftovers, stateOf} from './state.ts'
import {checkTruth} from './truth.ts'

/** Seconds that a plain re-run waits for what a killed one has left on the server. */
const waitLock = 20

/**
 * Whatever happened to a run of the reference releases, one plain re-run finishes, or names a statement for `resolve`, after
 * which one finishes: then the database is what a clean run makes of it, and nothing is left behind.
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
    await decide(url)
    await rerun({waitLock})
  }
  await checkTruth(url)
  assert.equal(await stateOf(url), clean)
  assert.deepEqual(await leftovers(url), [])
}
