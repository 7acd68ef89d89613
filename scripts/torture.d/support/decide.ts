import assert from 'node:assert/strict'
import {resolvePlan, showStatement} from '../../../src/database/outside/resolve.ts'
import {packedAs} from '../../../src/database/plan/compare.ts'
import {findOpen, planResolve} from '../../../src/database/plan/resolve.ts'
import type {PackedOf} from '../../../src/database/plan/rollback.ts'
import {readStatement} from '../../../src/schema/outside-statement.ts'
import {author, ledgerOf, withSession} from '../../../test/database/support/apply.ts'
import {ask} from './databases.ts'
import {reference, undecidable} from './reference.ts'

/**
 * Does what a person does whom squizzle asks: looks at the database for what the statement leaves, and says by `resolve`
 * whether it was done. Only of a statement that nobody else can judge may a person be asked.
 */
export async function decide(url: string): Promise<void> {
  const ledger = await ledgerOf(url)
  const open = ledger.releases.flatMap(({version, migrations}) =>
    migrations.filter(({state}) => state !== 'done').map((row) => ({version, ...row})),
  )
  const [found] = open
  assert.ok(open.length === 1 && found !== undefined, 'there is no one statement to decide about')
  assert.equal(found.name, undecidable.name, 'it asks for a decision that nobody needs to make')
  const [{shown} = {}] = await ask(url, `select ${undecidable.shown} as shown`)
  const isDone = found.state === 'undoing' ? shown === false : shown === true
  const statement = findOpen(ledger, found.version, found.name)
  const plan = planResolve(ledger, statement, isDone ? 'applied' : 'pending', packed)
  const {scriptBytes} = reference
  const options = {
    scriptBytes,
    readStatement,
    packed,
    author,
    reason: 'it was looked at',
    waitLock: 20,
  }
  await withSession(url, async (session) => {
    await resolvePlan(session, plan, await showStatement(plan, {scriptBytes}), options)
  })
}

const packed: PackedOf = (release) => packedAs(reference.config, release)
