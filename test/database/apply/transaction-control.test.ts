import assert from 'node:assert/strict'
import {withClient} from '../../support/database.ts'
import {apply, failureOf, ledgerOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import type {FileSource} from '../support/artifact.ts'
import {casesFor, describeEngines, describePostgres, withEngine} from '../support/engines.ts'

/** What a build refuses, and squizzle must survive: the script is one of three that share a transaction. */
const scripts: readonly {
  what: string
  file: string | FileSource
  committed: boolean
  left: readonly string[]
}[] = [
  {
    what: 'a COMMIT',
    file: 'create table x (); commit; create table y ()',
    committed: true,
    left: ['a', 'x'],
  },
  {
    what: 'a COMMIT at its end',
    file: 'create table x (); commit',
    committed: true,
    left: ['a', 'x'],
  },
  {
    what: 'a COMMIT and a BEGIN',
    file: 'create table x (); commit; begin; create table y ()',
    committed: true,
    left: ['a', 'x'],
  },
  {
    what: 'a COMMIT AND CHAIN',
    file: 'create table x (); commit and chain; create table y ()',
    committed: true,
    left: ['a', 'x'],
  },
  {
    what: 'a COMMIT before an error',
    file: 'create table x (); commit; select oops',
    committed: true,
    left: ['a', 'x'],
  },
  {
    what: 'a COMMIT before a mistake that the server finds before it begins',
    file: 'create table x (); commit; select (',
    committed: false,
    left: [],
  },
  {
    what: 'a COMMIT before an error at run time',
    file: 'create table x (); commit; select 1/0',
    committed: true,
    left: ['a', 'x'],
  },
  {what: 'a ROLLBACK', file: 'create table x (); rollback', committed: false, left: []},
  {
    what: 'a ROLLBACK and a BEGIN',
    file: 'create table x (); rollback; begin; create table y ()',
    committed: false,
    left: [],
  },
  {
    what: 'a COMMIT in the first of several messages',
    file: {
      sql: `create table x (); commit; -- ${'x'.repeat(1_000_000)}\ncreate table y ();`,
      cuts: ['create table y'],
    },
    committed: true,
    left: ['a', 'x'],
  },
]

describeEngines('a script that ends the transaction', (engine) => {
  for (const {what, file, committed, left} of casesFor(engine, scripts)) {
    it(`is caught: ${what}`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        const files = {'0001_a': 'create table a ()', '0002_x': file, '0003_c': 'create table c ()'}
        const error = await failureOf(apply(url, artifact([{version: '1.0.0', files}])))
        assert.equal(error.code, 'MIGRATION_FAILED')
        assert.match(error.message, /^1\.0\.0\/0002_x\.sql/)
        if (committed)
          assert.match(
            error.hint ?? '',
            /before its COMMIT is in the database and not in the ledger/,
          )
        else assert.match(error.hint ?? '', /olled back/)
        const tables = await ask(
          "select tablename as name from pg_tables where schemaname = 'public' order by 1",
        )
        assert.deepEqual(
          tables.map(({name}) => name),
          left,
        )
        const {releases} = await ledgerOf(url)
        const recorded = releases.flatMap(({migrations}) => migrations.map(({name}) => name))
        assert.deepEqual(recorded, committed ? ['0001_a'] : [])
        assert.ok(releases.every(({state}) => state === 'applying'))
        if (committed) assert.match(error.hint ?? '', /has 1 of the 3 migrations of 1\.0\.0/)
      })
    })
  }

  it('may use savepoints', async () => {
    await withEngine(engine, async ({url}) => {
      const sql =
        'savepoint s; create table x (); rollback to s; create table y (); release s; savepoint t'
      const {applied} = await apply(
        url,
        artifact([{version: '1.0.0', files: {a: sql, b: 'select 1'}}]),
      )
      assert.deepEqual(applied, ['1.0.0'])
    })
  })
})

describePostgres('a script that ends the transaction, and then meets a lock', (engine) => {
  it('is not tried again: what it committed would be done twice', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask('create table busy (); create table x (i int)')
      const file = 'insert into x values (1); commit; lock table busy nowait'
      const shop = artifact([{version: '1.0.0', files: {'0001_x': file}}])
      await withClient(url, async (traffic) => {
        await traffic.query('begin; lock table busy')
        const error = await failureOf(
          apply(url, shop, {plan: {allowNonempty: true}, retry: {limit: 2, delay: 1}}),
        )
        assert.equal(error.details['sqlstate'], '55P03')
        assert.match(error.hint ?? '', /before its COMMIT is in the database and not in the ledger/)
        await traffic.query('rollback')
      })
      assert.deepEqual(await ask('select i from x'), [{i: 1}])
    })
  })
})
