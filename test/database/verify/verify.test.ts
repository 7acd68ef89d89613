import assert from 'node:assert/strict'
import {apply} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine, withRole} from '../support/engines.ts'
import {verify} from '../support/verify.ts'

const table = {sql: 'create table a (i int)', verify: 'select i from a'}
const outcomes = (results: Awaited<ReturnType<typeof verify>>) =>
  results.map(({file, passed, failure}) => `${file} ${passed ? 'passed' : failure?.message}`)

describeEngines('verify scripts', (engine) => {
  it('are all run, and each that fails says where', async () => {
    await withEngine(engine, async ({url}) => {
      const broken = {sql: 'select 1', verify: 'select 1;\n\nselect 1/0'}
      const once = artifact([
        {version: '1.0.0', files: {a: table, b: broken}},
        {version: '1.1.0', files: {c: {sql: 'select 1', verify: 'select oops'}, d: 'select 1'}},
      ])
      await apply(url, once)
      const results = await verify(url, once)
      assert.deepEqual(outcomes(results), [
        '1.0.0/a.verify.sql passed',
        '1.0.0/b.verify.sql 1.0.0/b.verify.sql:3:1: division by zero',
        '1.1.0/c.verify.sql 1.1.0/c.verify.sql:1:8: column "oops" does not exist',
      ])
      const {code, details} = results[1]?.failure ?? assert.fail()
      assert.equal(code, 'VERIFY_FAILED')
      assert.deepEqual([details['line'], details['sqlstate']], [3, '22012'])
    })
  })
})

describePostgres('verify scripts', (engine) => {
  it('write nothing, whatever they try, and the next one is none the wiser', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const attempts = {
        insert: 'insert into a values (1)',
        switch: 'set transaction read write; insert into a values (2)',
        commit: 'commit; insert into a values (3)',
        restart: 'rollback; begin; insert into a values (4)',
        role: 'set session characteristics as transaction read write; set search_path to nowhere',
      }
      const files = Object.fromEntries(
        Object.entries(attempts).map(([name, sql]) => [name, {sql: 'select 1', verify: sql}]),
      )
      const last = {sql: 'select 1', verify: 'select i from a'}
      const shop = artifact([{version: '1.0.0', files: {a: table, ...files, last}}])
      await apply(url, shop)
      const results = await verify(url, shop)
      assert.deepEqual(
        results.map(({migration, passed}) => [migration, passed]),
        [
          ['a', true],
          ['insert', false],
          ['switch', false],
          ['commit', false],
          ['restart', false],
          ['role', true],
          ['last', true],
        ],
      )
      assert.match(results[1]?.failure?.message ?? '', /read-only transaction/)
      assert.match(results[3]?.failure?.message ?? '', /commit\.verify\.sql: the script ended the/)
      assert.deepEqual(await ask('select * from a'), [])
    })
  })

  it('are run by a role that may only read, without a trace', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = artifact([{version: '1.0.0', files: {a: table}}])
      await apply(url, shop)
      await withRole(url, async (role, readerUrl) => {
        await ask(
          `grant usage on schema squizzle to ${role}; grant select on all tables in schema squizzle, public to ${role}`,
        )
        const events = 'select count(*)::int as n from squizzle.events'
        const before = await ask(events)
        assert.deepEqual(outcomes(await verify(readerUrl, shop)), ['1.0.0/a.verify.sql passed'])
        assert.deepEqual(await ask(events), before)
      })
    })
  })

  it('of a repeatable migration are those of its newest bytes', async () => {
    await withEngine(engine, async ({url}) => {
      const view = (n: number) => ({
        sql: `create or replace view v as select ${n} as n`,
        verify: `select 1 / (n - ${n} + 1) from v where n = ${n} or n / 0 = 1`,
      })
      const shop = artifact([
        {version: '1.0.0', files: {R__v: view(1)}},
        {version: '1.1.0', files: {R__v: view(2)}},
      ])
      await apply(url, shop)
      assert.deepEqual(outcomes(await verify(url, shop)), ['1.1.0/R__v.verify.sql passed'])
    })
  })

  it('are found by line in a script that goes in several messages', async () => {
    await withEngine(engine, async ({url}) => {
      const filler = `select 1; -- ${'x'.repeat(990)}\n`.repeat(1600)
      const long = {sql: `${filler}-- second\n${filler}select oops;`, cuts: ['-- second']}
      const shop = artifact([{version: '1.0.0', files: {a: {sql: 'select 1', verify: long}}}])
      await apply(url, shop)
      const [result] = await verify(url, shop)
      assert.match(result?.failure?.message ?? '', /a\.verify\.sql:3202:8: column "oops"/)
    })
  })

  it('are cancelled when the run is told to end', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const sleep = {sql: 'select 1', verify: 'select pg_sleep(60)'}
      const shop = artifact([{version: '1.0.0', files: {a: sleep}}])
      await apply(url, shop)
      const controller = new AbortController()
      const run = verify(url, shop, controller.signal)
      const asleep =
        "select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
      while ((await ask(asleep)).length === 0);
      controller.abort(new Error('enough'))
      await assert.rejects(run, /enough/)
      assert.deepEqual(await ask(asleep), [])
    })
  })
})
