import assert from 'node:assert/strict'
import {openDatabase} from '../../src/database/open.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {databaseAt, withWorld} from '../support/project.ts'
import {describeWith, service} from '../support/services.ts'
import {apply, failureOf, ledgerOf, withSession} from './support/apply.ts'
import {artifact} from './support/artifact.ts'
import {withEngine} from './support/engines.ts'
import {leaveOpen, withOutside} from './support/outside.ts'
import {rollback} from './support/rollback.ts'

/** What it does to its session would be met by the next client of the pool. */
const leaky = [
  "set search_path = pg_catalog; set lock_timeout = '1h'; set role pg_monitor",
  'create temp table leaked ()',
  'prepare leaked as select 1; listen leaked; select pg_advisory_lock(4711)',
  'declare leaked cursor with hold for select 1',
]

const shop = artifact([
  {version: '1.0.0', files: Object.fromEntries(leaky.map((sql, index) => [`f${index}`, sql]))},
  {version: '1.1.0', files: {b: 'create table public.b ()'}},
])

/** The processes that hold an advisory lock of the database. */
const locksOf = async (url: string) =>
  withClient(url, async (client) => {
    const {rows} = await client.query<{pid: number}>(
      "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
    )
    return rows
  })

for (const mode of ['pgbouncer', 'pgbouncer-session'] as const) {
  const direct = (url: string) =>
    Object.assign(new URL(service(mode).directUrl), {pathname: new URL(url).pathname}).href

  describeWith([mode], `a database behind ${mode}`, () => {
    it('is known to be, and not past it', () =>
      withTestDatabase(mode, async (url) => {
        const isPooled = (at: string) =>
          withSession(at, ({server}) => Promise.resolve(server.pooled))
        assert.equal(await isPooled(url), true)
        assert.equal(await isPooled(direct(url)), false)
      }))

    it('is applied to, and nothing of it stays in the pool', () =>
      withTestDatabase(mode, async (url) => {
        const {applied} = await apply(url, shop, {plan: {transaction: 'migration'}})
        assert.deepEqual(applied, ['1.0.0', '1.1.0'])
        assert.equal((await ledgerOf(url)).releases.length, 2)
        assert.deepEqual(await locksOf(direct(url)), [])
        await withClient(url, async (client) => {
          const facts = await client.query(
            `select current_user as role, current_setting('search_path') as path, current_setting('lock_timeout') as wait,
              to_regclass('pg_temp.leaked') as temp, (select count(*)::int from pg_prepared_statements where from_sql) as prepared,
              (select count(*)::int from pg_listening_channels()) as channels, (select count(*)::int from pg_cursors where is_holdable) as cursors`,
          )
          assert.deepEqual(facts.rows, [
            {
              role: 'postgres',
              path: '"$user", public',
              wait: '0',
              temp: null,
              prepared: 0,
              channels: 0,
              cursors: 0,
            },
          ])
        })
      }))

    it('is refused a script that needs a session of its own, before anything is begun', () =>
      withTestDatabase(mode, async (url) => {
        const index = artifact([
          {
            version: '1.0.0',
            files: {a: 'create table a (i int)', b: {sql: 'vacuum a', transaction: false}},
          },
        ])
        const error = await failureOf(apply(url, index))
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.hint ?? '', /database\.directUrl/)
        assert.equal((await ledgerOf(url)).exists, false)
      }))

    it('is refused a rollback that must settle a script outside transactions first, and keeps no lock', () =>
      withTestDatabase(mode, async (url) => {
        const index = withOutside('create table a (i int)', {
          sql: 'create index concurrently a_i on a (i)',
          rollback: 'drop index a_i',
        })
        await leaveOpen(direct(url), index)
        const error = await failureOf(rollback(url, index))
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.hint ?? '', /database\.directUrl/)
        assert.deepEqual(await locksOf(direct(url)), [])
        assert.deepEqual((await rollback(direct(url), index)).undone, ['1.1.0'])
      }))

    it('says what the pooler does not understand', () =>
      withTestDatabase(mode, async (url) => {
        const error = await failureOf(openDatabase(`${url}?options=-c%20lock_timeout%3D1`))
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.message, /unsupported startup parameter: options$/)
        assert.match(error.hint ?? '', /take it out of the database URL/)
      }))

    it('says which database is not there', async () => {
      const url = Object.assign(new URL(service(mode).url), {pathname: 'nowhere'}).href
      const error = await failureOf(openDatabase(url))
      assert.equal(error.code, 'CONFIG_INVALID')
      assert.match(error.message, /nowhere/)
    })
  })
}

describeWith(['pgbouncer', 'postgres15'], 'database.directUrl', () => {
  const files = {
    '0001_a.sql': 'create table a (i int);\n',
    '0002_i.sql': 'create index concurrently a_i on a (i);\n',
  }

  it('is where a script runs that needs a session of its own, and nothing else', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', files)
      await dev.release('1.1.0', {'0003_b.sql': 'create table b ();\n'})
      await withTestDatabase('pgbouncer', async (url) => {
        const directUrl = Object.assign(new URL(service('pgbouncer').directUrl), {
          pathname: new URL(url).pathname,
        }).href
        const database = {...databaseAt(url), directUrl}
        assert.deepEqual((await dev.apply(url, {reference: '1.0.0', database})).applied, ['1.0.0'])
        const dead = {...database, directUrl: 'postgres://127.0.0.1:1/db'}
        assert.deepEqual((await dev.apply(url, {database: dead})).applied, ['1.1.0'])
        const {rows} = await withClient(directUrl, (client) =>
          client.query(
            "select version, details from squizzle.events where kind = 'apply' order by id",
          ),
        )
        assert.deepEqual(rows, [
          {version: '1.0.0', details: {}},
          {version: '1.1.0', details: {pooled: true}},
        ])
      })
    }))

  it('is refused where it leads elsewhere: to another database, another server, the pooler', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', files)
      await withTestDatabase('pgbouncer', (url) =>
        withTestDatabase('pgbouncer', (neighbour) =>
          withEngine('postgres15', async ({url: stranger}) => {
            const directUrl = (pathname: string) =>
              Object.assign(new URL(service('pgbouncer').directUrl), {pathname}).href
            for (const [wrong, message] of [
              [directUrl(new URL(neighbour).pathname), /leads to another database \(postgres:/],
              [stranger, /leads to another database/],
              [url, /leads to a pooler/],
            ] as const) {
              const database = {...databaseAt(url), directUrl: wrong}
              const error = await failureOf(dev.apply(url, {database}))
              assert.equal(error.code, 'CONFIG_INVALID')
              assert.match(error.message, message)
              assert.equal((await ledgerOf(url)).exists, false)
              if (wrong !== url) assert.equal((await ledgerOf(wrong)).exists, false)
            }
          }),
        ),
      )
    }))
})
