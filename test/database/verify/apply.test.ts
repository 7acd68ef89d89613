import assert from 'node:assert/strict'
import {apply, collectSteps, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import type {FileSource} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'
import {indexesOf} from '../support/outside.ts'

const first = {version: '1.0.0', files: {a: 'create table a (i int)'}}
const withB = (b: FileSource) =>
  artifact([first, {version: '1.1.0', files: {b, c: 'create table c ()'}}])

const rows = `select name, state, statement_started as started, statement_done as done
  from ${schema}.migrations where release = 2 order by position`

describeEngines('apply with its verify scripts', (engine) => {
  it('has each pass before its migration counts as done', async () => {
    await withEngine(engine, async ({url}) => {
      const {steps, onStep} = collectSteps()
      const shop = withB({sql: 'create table b ()', verify: 'select from b'})
      await apply(url, shop, {verify: true, onStep})
      const verified = steps.flatMap((step) => (step.type === 'verified' ? [step] : []))
      assert.deepEqual(verified, [
        {type: 'verified', release: '1.1.0', migration: 'b', passed: true},
      ])
      assert.deepEqual(
        (await ledgerOf(url)).releases.map(({migrations}) => migrations.length),
        [1, 2],
      )
    })
  })

  it('rolls the release back where one fails, and says where', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withB({sql: 'create table b ()', verify: 'select 1;\nselect oops from b'})
      const error = await failureOf(apply(url, shop, {verify: true}))
      assert.deepEqual([error.code, error.exitCode], ['VERIFY_FAILED', 1])
      assert.equal(error.message, '1.1.0/b.verify.sql:2:8: column "oops" does not exist')
      assert.equal(error.hint, 'Rolled back: the database is still at 1.0.0.')
      assert.deepEqual(await ask("select from pg_tables where tablename in ('b', 'c')"), [])
      assert.equal((await ledgerOf(url)).releases.length, 1)
      const [event] = await ask(
        `select kind, migration, script, line from ${schema}.events order by id desc limit 1`,
      )
      assert.deepEqual(event, {kind: 'failed', migration: 'b', script: 'verify', line: 2})
      // they are for who asks for them
      assert.deepEqual((await apply(url, shop)).applied, ['1.1.0'])
    })
  })
})

describePostgres('apply with its verify scripts', (engine) => {
  it('keeps nothing of them', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const writes = withB({sql: 'create table b (i int)', verify: 'insert into b values (1)'})
      const error = await failureOf(apply(url, writes, {verify: true}))
      assert.equal(error.details['sqlstate'], '25006')
      const settings = "set search_path to nowhere; set work_mem to '77MB'"
      const shop = withB({sql: 'create table b ()', verify: settings})
      await apply(url, shop, {verify: true})
      assert.deepEqual(await ask("select schemaname from pg_tables where tablename = 'c'"), [
        {schemaname: 'public'},
      ])
    })
  })

  it('makes the checks that a script put off before its verify script', async () => {
    await withEngine(engine, async ({url}) => {
      const sql =
        'create table p (i int primary key); create table b (i int references p deferrable initially deferred); insert into b values (9)'
      const error = await failureOf(
        apply(url, withB({sql, verify: 'select from b'}), {verify: true}),
      )
      assert.equal(error.code, 'MIGRATION_FAILED')
      assert.match(error.message, /b\.sql: at the end of the script/)
    })
  })

  it('leaves a script outside transactions begun where one fails, and goes on behind it', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withB({
        sql: 'create index concurrently a_i on a (i)',
        transaction: false,
        verify: 'select from proof',
      })
      const error = await failureOf(apply(url, shop, {verify: true}))
      assert.equal(error.code, 'VERIFY_FAILED')
      assert.match(error.message, /^1\.1\.0\/b\.verify\.sql:1:13: relation "proof"/)
      assert.equal(
        error.hint,
        'A script outside transactions cannot be rolled back: the database is at 1.0.0 and has 0 of the 2 migrations of 1.1.0, where the next apply goes on.',
      )
      assert.deepEqual(await ask(rows), [{name: 'b', state: 'begun', started: 1, done: 1}])
      await ask('create table proof ()')
      const index = await ask("select oid from pg_class where relname = 'a_i'")
      assert.deepEqual((await apply(url, shop, {verify: true})).applied, ['1.1.0'])
      assert.deepEqual(await ask("select oid from pg_class where relname = 'a_i'"), index)
      assert.deepEqual(await indexesOf(url), {a_i: true})
      const [row] = await ask(rows)
      assert.deepEqual(row, {name: 'b', state: 'done', started: 1, done: 1})
    })
  })
})
