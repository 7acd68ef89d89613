import assert from 'node:assert/strict'
import {DatabaseError, type Client} from 'pg'
import {withClient, withTestDatabase, type PostgresServer} from '../support/database.ts'
import {describeWith, postgresServers} from '../support/services.ts'
import {analyze} from './analysis.ts'

const inTransaction = '25001'

const setup = `
  create table t (id int primary key, n int);
  create index t_n on t (n);
  alter table t cluster on t_n;
  create table p (id int primary key) partition by range (id);
  create table p1 partition of p for values from (0) to (9);
  create materialized view m as select 1 as id;
  create unique index m_id on m (id);
  create type e as enum ('a');
  create procedure noop() language sql as 'select 1';
`

/** Of a subscription that connects to nothing, since none of it is ever committed. */
const subscription = `
  create subscription s connection 'host=127.0.0.1 port=1' publication a with (connect = false);
`
const enabled = `${subscription} alter subscription s enable;`

interface Case {
  readonly sql: string
  /** What must be done before it in the same transaction. */
  readonly after?: string
  /** The first major version that knows the statement. */
  readonly since?: number
}

const statement = (sql: string, after?: string, since?: number): Case => ({
  sql,
  ...(after === undefined ? {} : {after}),
  ...(since === undefined ? {} : {since}),
})

/** Both lists are checked against the parser's tree and against servers. */
const refused: readonly Case[] = [
  statement('create index concurrently i on t (id)'),
  statement('create unique index concurrently if not exists i on t (id) where id > 0'),
  statement('drop index concurrently t_n'),
  statement('drop index concurrently if exists nothing'),
  statement('reindex table concurrently t'),
  statement('reindex index concurrently t_n'),
  statement('reindex (verbose, concurrently) table t'),
  statement('reindex (concurrently on) table t'),
  statement('reindex schema public'),
  statement('reindex schema concurrently public'),
  statement('reindex (verbose) database other'),
  statement('reindex system other'),
  statement('reindex database', undefined, 16),
  statement('alter table p detach partition p1 concurrently'),
  statement('vacuum'),
  statement('vacuum t'),
  statement('vacuum (full, analyze) t'),
  statement('cluster'),
  statement('cluster verbose'),
  statement('create database other'),
  statement('drop database if exists other'),
  statement('alter database postgres set tablespace pg_default'),
  statement("create tablespace other location '/nowhere'"),
  statement('drop tablespace if exists other'),
  statement("alter system set work_mem = '4MB'"),
  statement('alter system reset all'),
  statement("create subscription s connection '' publication a"),
  statement("create subscription s connection '' publication a with (enabled = false)"),
  statement("create subscription s connection '' publication a with (create_slot)"),
  statement("create subscription s connection '' publication a with (create_slot = on, connect)"),
  statement('alter subscription s refresh publication', enabled),
  statement('alter subscription s refresh publication with (copy_data = false)', enabled),
  statement('alter subscription s set publication b', enabled),
  statement('alter subscription s add publication b with (refresh)', enabled),
  statement('alter subscription s add publication b with (refresh = true)', enabled),
  statement(
    'alter subscription s drop publication a',
    `${enabled}
    alter subscription s add publication b with (refresh = false);`,
  ),
  statement('alter subscription s set (failover = true)', subscription, 17),
  statement('alter subscription s set (failover = false, binary = true)', subscription, 17),
  statement('alter subscription s set (two_phase = false)', subscription, 18),
  statement('drop subscription s', subscription),
]

const allowed: readonly Case[] = [
  statement('create index on t (id)'),
  statement('drop index t_n'),
  statement('reindex table t'),
  statement('reindex index t_n'),
  statement('reindex (concurrently false) table t'),
  statement('reindex (concurrently off, verbose) index t_n'),
  statement('alter table p detach partition p1'),
  statement('alter table p add check (id > 0), alter column id set statistics 10'),
  statement('analyze'),
  statement('analyze t'),
  statement('cluster t'),
  statement('cluster t using t_n'),
  statement('refresh materialized view concurrently m'),
  statement('refresh materialized view m'),
  statement("alter type e add value 'b'"),
  statement('alter database postgres connection limit 50'),
  statement("alter database postgres set work_mem = '4MB'"),
  statement('alter table t set tablespace pg_default'),
  statement('truncate t'),
  statement('lock table t'),
  statement('checkpoint'),
  statement('discard temp'),
  statement('call noop()'),
  statement('create role other'),
  statement('create extension if not exists plpgsql'),
  statement('create publication other for table t'),
  statement("create subscription s connection '' publication a with (connect = false)"),
  statement("create subscription s connection '' publication a with (connect = off)"),
  statement('alter subscription s set publication b with (refresh = false)', enabled),
  statement('alter subscription s add publication b with (refresh = off)', enabled),
  statement('alter subscription s disable', enabled),
  statement('alter subscription s set (slot_name = none)', subscription),
  statement('alter subscription s set (two_phase = true)', subscription, 18),
  statement("alter subscription s connection 'host=127.0.0.1 port=2'", subscription),
  statement("alter subscription s skip (lsn = 'none')", subscription),
]

describe('what PostgreSQL refuses inside a transaction', () => {
  for (const {sql} of refused) {
    it(`runs outside one: ${sql}`, async () => {
      assert.equal((await analyze(sql)).transaction, false)
    })
  }
  for (const {sql} of allowed) {
    it(`is not: ${sql}`, async () => {
      assert.equal((await analyze(sql)).transaction, true)
    })
  }
})

/** The SQLSTATE of a statement in a transaction that is always rolled back; undefined if none. */
async function stateInTransaction(client: Client, {sql, after = ''}: Case) {
  await client.query('begin')
  try {
    await client.query(after)
    await client.query(sql)
    return undefined
  } catch (error) {
    if (error instanceof DatabaseError) return error.code
    throw error
  } finally {
    await client.query('rollback')
  }
}

function onServer(server: PostgresServer): void {
  const major = Number(server.slice('postgres'.length))
  const known = (all: readonly Case[]): readonly Case[] =>
    all.filter(({since = 0}) => since <= major)
  const withSetup = (work: (client: Client) => Promise<void>): Promise<void> =>
    withTestDatabase(server, (url) =>
      withClient(url, async (client) => {
        await client.query(setup)
        await work(client)
      }),
    )

  it('says 25001 to each statement that we run outside a transaction', () =>
    withSetup(async (client) => {
      for (const statementCase of known(refused)) {
        const state = await stateInTransaction(client, statementCase)
        assert.equal(state, inTransaction, statementCase.sql)
      }
    }))

  it('takes each of the others in a transaction', () =>
    withSetup(async (client) => {
      for (const statementCase of known(allowed)) {
        const state = await stateInTransaction(client, statementCase)
        assert.equal(state, undefined, statementCase.sql)
      }
    }))

  it('says 25001 to what only the catalogue tells, for which there is the directive', () =>
    withSetup(async (client) => {
      for (const sql of ['reindex table p', 'reindex index p_pkey', 'cluster p using p_pkey']) {
        assert.equal((await analyze(sql)).transaction, true)
        assert.equal(await stateInTransaction(client, {sql}), inTransaction, sql)
        const asked = await analyze(`-- squizzle: no-transaction\n${sql}`)
        assert.equal(asked.transaction, false)
        await client.query(Buffer.from(asked.sql).toString())
      }
    }))

  it('takes DROP SUBSCRIPTION where it has no slot, also outside a transaction', () =>
    withSetup(async (client) => {
      const after = `${subscription} alter subscription s set (slot_name = none);`
      const sql = 'drop subscription s'
      assert.equal(await stateInTransaction(client, {sql, after}), undefined)
      await client.query(after)
      await client.query(sql)
    }))

  it('says 25001 to DISCARD ALL, which we refuse', () =>
    withSetup(async (client) => {
      assert.equal(await stateInTransaction(client, {sql: 'discard all'}), inTransaction)
    }))
}

for (const server of postgresServers) describeWith([server], server, () => onServer(server))
