import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {apply, failureOf, ledgerOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {queryText, withProxy} from '../support/proxy.ts'
import type {Message} from '../support/proxy.ts'
import {rollback} from '../support/rollback.ts'

const table = (name: string) => ({sql: `create table ${name} ()`, rollback: `drop table ${name}`})
const shop = artifact([
  {version: '1.0.0', files: {a: table('a')}},
  {version: '1.1.0', files: {b: table('b'), c: table('c')}},
])

const versions = async (url: string) =>
  (await ledgerOf(url)).releases.map(({version, state, migrations}) =>
    [version, state, migrations.length].join(' '),
  )

/** Cuts the connection at the first COMMIT of a rollback: before it arrives, or before its answer does. */
async function cutAtCommit(
  url: string,
  transaction: 'release' | 'migration',
  arrives: boolean,
): ReturnType<typeof failureOf> {
  let committing = false
  const fromClient = (message: Message) => {
    if (!queryText(message).endsWith('COMMIT')) return true
    committing = true
    return arrives
  }
  return withProxy(url, {fromClient, fromServer: () => !committing}, (through, cut) => {
    const onStep = ({type}: Step) => {
      if (type !== 'committing') return
      setTimeout(() => {
        committing = false
        cut()
      }, 200)
    }
    return failureOf(rollback(through, shop, {transaction, onStep}))
  })
}

describePostgres('a rollback whose connection breaks at a COMMIT', (engine) => {
  it('says whether it was committed, and what to run', async () => {
    for (const [transaction, arrives, left] of [
      ['release', false, '1.1.0 applied 2'],
      ['release', true, undefined],
      ['migration', false, '1.1.0 applied 2'],
      ['migration', true, '1.1.0 applying 1'],
    ] as const) {
      await withEngine(engine, async ({url}) => {
        await apply(url, shop)
        const error = await cutAtCommit(url, transaction, arrives)
        assert.equal(error.code, 'CONNECTION_LOST')
        assert.equal(error.details['committed'], arrives, `${transaction} ${arrives}`)
        // without --to, one release more would be undone
        assert.match(error.hint ?? '', /`squizzle rollback --to 1\.0\.0`/)
        assert.equal((await versions(url))[1], left)
        await rollback(url, shop, {to: '1.0.0', waitLock: 20})
        assert.deepEqual(await versions(url), ['1.0.0 applied 1'])
      })
    }
  }).timeout(180_000)
})
