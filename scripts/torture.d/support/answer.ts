import assert from 'node:assert/strict'
import {isSquizzleError} from '../../../src/errors.ts'
import type {ErrorCode, SquizzleError} from '../../../src/errors.ts'
import type {Step} from '../../../src/database/apply/steps.ts'
import {apply} from '../../../test/database/support/apply.ts'
import {ask} from './databases.ts'
import {reference} from './reference.ts'
import {appliedReleases} from './state.ts'

/** What a run says when its connection breaks; a bug has no code of these. */
const foreseen: readonly ErrorCode[] = ['CONNECTION_LOST', 'UNREACHABLE']

/**
 * Runs the reference releases over a connection that may break, and holds what the run says of the database against the
 * database: whether the transaction at hand was committed, and which release it is at.
 * @param direct a way to the same database that holds
 * @param healed when the database can be asked again
 */
export async function checkAnswer(
  direct: string,
  url: string,
  healed?: Promise<void>,
): Promise<void> {
  const read = async () => JSON.stringify(await ask(direct, ledgerRows))
  let before: string | undefined
  const onStep = async ({type}: Step) => {
    // a server that is down has no answer
    if (type === 'committing') before = await read().catch(() => undefined)
  }
  const error = await apply(url, reference, {onStep}).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await healed
  if (error === undefined) return
  if (!isSquizzleError(error) || !foreseen.includes(error.code)) throw error
  const {committed} = error.details
  if (typeof committed === 'boolean' && before !== undefined) {
    assert.equal(before !== (await read()), committed, `it says: ${error.message}`)
  }
  await checkState(direct, error)
}

const ledgerRows = `select (select json_agg(r order by position) from squizzle.releases r) as releases,
  (select json_agg(m order by release, position) from squizzle.migrations m) as migrations`

async function checkState(url: string, {details}: SquizzleError): Promise<void> {
  const {state} = details
  if (typeof state !== 'string') return
  const newest = (await appliedReleases(url)).at(-1)
  const place = newest === undefined ? 'without a release' : `at ${newest}`
  assert.ok(state.includes(place), `it says: ${state}, while it is ${place}`)
}
