import assert from 'node:assert/strict'
import {apply, failureOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'

/** What a script does to its session, and what the next one asks of its own. */
const leaks: readonly (readonly [leak: string, question: string])[] = [
  ["select pg_catalog.set_config('search_path', '', false)", "current_setting('search_path')"],
  ['create schema evil; set search_path = evil', "current_setting('search_path')"],
  ['set local search_path = pg_catalog', "current_setting('search_path')"],
  ['create role some_role; set role some_role', 'current_user'],
  ['create role some_role; set session authorization some_role', 'session_user'],
  ["set statement_timeout = '1ms'", "current_setting('statement_timeout')"],
  ["set lock_timeout = '1h'", "current_setting('lock_timeout')"],
  ['reset all', "current_setting('lock_timeout')"],
  ['set standard_conforming_strings = off', "current_setting('standard_conforming_strings')"],
  ["set client_encoding = 'LATIN1'", "current_setting('client_encoding')"],
  ['set row_security = off', "current_setting('row_security')"],
  ['set default_transaction_read_only = on', "current_setting('default_transaction_read_only')"],
  ['set check_function_bodies = off', "current_setting('check_function_bodies')"],
  ['create temp table leaked ()', "pg_catalog.to_regclass('pg_temp.leaked')"],
  [
    'prepare leaked as select 1',
    "select count(*) from pg_catalog.pg_prepared_statements where name = 'leaked'",
  ],
  ['listen leaked', 'select count(*) from pg_catalog.pg_listening_channels()'],
  ['declare leaked cursor with hold for select 1', 'select count(*) from pg_catalog.pg_cursors'],
  [
    'declare leaked no scroll cursor for select 1',
    "select count(*) from pg_catalog.pg_cursors where name = 'leaked'",
  ],
  ["set session_replication_role = 'replica'", "current_setting('session_replication_role')"],
]

const probe = (table: string, question: string) =>
  `create table public.${table} as select (${question})::text as answer`

/** Each leak between two questions, all in one release. */
const leakFiles = Object.fromEntries(
  leaks.flatMap(([leak, question], index) => [
    [`${index}_a`, probe(`before_${index}`, question)],
    [`${index}_b`, leak],
    [`${index}_c`, probe(`after_${index}`, question)],
    [`${index}_d`, 'drop schema if exists evil; drop role if exists some_role'],
  ]),
)

describeEngines('what a script sets', (engine) => {
  for (const transaction of ['release', 'migration'] as const) {
    it(`reaches neither the ledger nor the next script (a transaction for each ${transaction})`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        const shop = artifact([{version: '1.0.0', files: leakFiles}])
        assert.deepEqual((await apply(url, shop, {plan: {transaction}})).applied, ['1.0.0'])
        const answers = leaks.map(
          (_, index) =>
            `select ${index} as index, b.answer as before, a.answer as after
             from public.before_${index} b, public.after_${index} a`,
        )
        const rows = await ask(`${answers.join(' union all ')} order by 1`)
        for (const [index, {before, after}] of rows.entries()) {
          assert.equal(after, before, leaks[index]?.[0])
        }
        assert.equal(rows.length, leaks.length)
      })
    })
  }

  it('reaches the rest of a script that goes in several messages', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const filler = `-- ${'x'.repeat(1_000_000)}\n`
      const sql = `create schema s; set search_path = s;\n${filler}create table in_s as select 'é'::text as c;`
      await apply(
        url,
        artifact([{version: '1.0.0', files: {a: {sql, cuts: ['create table in_s']}}}]),
      )
      assert.deepEqual(await ask('select c from s.in_s'), [{c: 'é'}])
    })
  })
})

describePostgres('what a script sets', (engine) => {
  it('does not change how the rest of it is read, which is UTF-8', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const filler = `-- ${'x'.repeat(1_000_000)}\n`
      const sql = `set client_encoding = 'LATIN1';\n${filler}create table t as select 'é😀'::text as c;`
      await apply(url, artifact([{version: '1.0.0', files: {a: {sql, cuts: ['create table t']}}}]))
      assert.deepEqual(await ask('select c from t'), [{c: 'é😀'}])
    })
  })
})

describeEngines('constraints that are deferred initially', (engine) => {
  const parent =
    'create table p (i int primary key); create table c (i int references p deferrable initially deferred)'
  const files = {
    a: parent,
    b: 'insert into c values (1); insert into p values (1)',
    c: 'insert into c values (2); insert into p values (2)',
    d: 'alter table c add column j int',
    e: 'insert into c values (3); insert into p values (3)',
  }

  it('are deferred in each script, as if it had a transaction of its own', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await apply(url, artifact([{version: '1.0.0', files}]))
      const more = {
        version: '1.1.0',
        files: {
          f: 'insert into c values (4); insert into p values (4)',
          g: 'insert into c values (5); insert into p values (5)',
        },
      }
      await apply(url, artifact([{version: '1.0.0', files}, more]))
      assert.deepEqual(await ask('select count(*)::int as n from c'), [{n: 5}])
    })
  })

  it('are checked at the end of each script', async () => {
    await withEngine(engine, async ({url}) => {
      const broken = {a: parent, b: 'insert into c values (1)', c: 'insert into p values (1)'}
      await assert.rejects(apply(url, artifact([{version: '1.0.0', files: broken}])), {
        code: 'MIGRATION_FAILED',
        message: /b\.sql: at the end of the script/,
      })
    })
  })

  it('are checked at the commit where no script names them', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const unseen = `do $$ begin execute 'create table p (i int primary key);
        create table c (i int references p def' || 'errable initially def' || 'erred); insert into c values (1)'; end $$`
      const error = await failureOf(apply(url, artifact([{version: '1.0.0', files: {a: unseen}}])))
      assert.equal(error.code, 'MIGRATION_FAILED')
      assert.match(error.message, /^1\.0\.0 failed when it was committed: .*foreign key/)
      assert.deepEqual(await ask("select from pg_tables where schemaname = 'public'"), [])
    })
  })
})
