import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient, withTestDatabase} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import {apply, collectSteps, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describePostgres, withEngine} from '../support/engines.ts'

const first = {version: '1.0.0', files: {a: 'create table a ()'}}
const second = {version: '1.1.0', files: {b: 'create table b ()'}}
const third = {version: '1.2.0', files: {c: 'create table c ()'}}
const shop = artifact([first, second, third])

const tables = async (url: string) => {
  const {rows} = await withClient(url, (client) =>
    client.query<{name: string}>(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    ),
  )
  return rows.map(({name}) => name)
}

/** Does something once, as soon as the first release is committed: behind a pooler no lock is held there. */
function afterFirst(deed: () => Promise<unknown>) {
  let done = false
  return async ({type}: Step) => {
    if (type !== 'release-applied' || done) return
    done = true
    await deed()
  }
}

describeWith(['pgbouncer'], 'between two transactions of a run another one', () => {
  it('that goes along the same artifact is no harm: what it did is skipped', () =>
    withTestDatabase('pgbouncer', async (url) => {
      const onStep = afterFirst(() => apply(url, artifact([first, second])))
      const {applied, skipped} = await apply(url, shop, {onStep})
      assert.deepEqual([applied, skipped], [['1.0.0', '1.2.0'], ['1.1.0']])
      assert.deepEqual(await tables(url), ['a', 'b', 'c'])
    }))

  for (const [what, other, code] of [
    ['goes another way', [first, {...second, version: '1.1.1'}], 'OTHER_LINE'],
    ['has other content', [first, {...second, salt: 'x'}], 'DIVERGED'],
  ] as const) {
    it(`that ${what} stops it before any more of its SQL`, () =>
      withTestDatabase('pgbouncer', async (url) => {
        const onStep = afterFirst(() => apply(url, artifact(other)))
        const error = await failureOf(apply(url, shop, {onStep}))
        assert.equal(error.code, code)
        assert.deepEqual(await tables(url), ['a', 'b'])
        assert.equal((await ledgerOf(url)).releases.length, 2)
      }))
  }
})

describePostgres('a hand that changes the ledger while a run goes on', (engine) => {
  it('is found in the next transaction, which runs nothing', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const onStep = afterFirst(() =>
        ask(`update ${schema}.meta set project = 'billing'; select 1`),
      )
      const error = await failureOf(apply(url, shop, {onStep}))
      assert.equal(error.code, 'OTHER_PROJECT')
      assert.deepEqual(await tables(url), ['a'])
    })
  })
})

describePostgres('a script that lets go of every lock of its session', (engine) => {
  it('lets another run in between transactions at most, and nothing runs twice', async () => {
    await withEngine(engine, async ({url}) => {
      const careless = artifact([
        {version: '1.0.0', files: {a: 'create table a (); select pg_advisory_unlock_all()'}},
        second,
        third,
      ])
      const {steps, onStep} = collectSteps()
      const other = afterFirst(() => apply(url, careless, {onStep, waitLock: 5}))
      const {applied, skipped} = await apply(url, careless, {onStep: other})
      assert.deepEqual([applied, skipped], [['1.0.0'], ['1.1.0', '1.2.0']])
      assert.ok(steps.some(({type}) => type === 'release-applied'))
      assert.deepEqual(await tables(url), ['a', 'b', 'c'])
    })
  })
})

describePostgres('a clock that is wrong', (engine) => {
  it('on the machine of the run changes nothing: the ledger has the time of the server', async () => {
    const {now} = Date
    await withEngine(engine, async ({url, ask}) => {
      try {
        for (const years of [-30, 30]) {
          Date.now = () => now() + years * 365 * 86_400_000
          await apply(url, years < 0 ? artifact([first, second]) : shop)
        }
      } finally {
        Date.now = now
      }
      const [row] = await ask(
        `select bool_and(abs(extract(epoch from clock_timestamp() - t)) < 600) as near from (
          select started_at as t from ${schema}.releases union all select finished_at from ${schema}.releases
          union all select finished_at from ${schema}.migrations union all select at from ${schema}.events) x`,
      )
      assert.equal(row?.['near'], true)
    })
  })

  it('or time zone on the server leaves the order, which goes by position', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await apply(url, artifact([first, second]))
      await ask(
        `update ${schema}.releases set started_at = '1999-01-01', finished_at = '1999-01-01';
        do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Pacific/Apia'); end $$; select 1`,
      )
      assert.deepEqual((await apply(url, shop)).applied, ['1.2.0'])
      assert.deepEqual(
        (await ledgerOf(url)).releases.map(({version}) => version),
        ['1.0.0', '1.1.0', '1.2.0'],
      )
    })
  })
})
