import assert from 'node:assert/strict'
import {DatabaseError, type Client} from 'pg'
import {withClient, withTestDatabase, type PostgresServer} from '../support/database.ts'
import {describeWith, postgresServers} from '../support/services.ts'
import {analyze, cut, packed, refusal} from './analysis.ts'

/** A schema with all that splitters fall over. */
const schema = `
-- a shop; with a semicolon
create type state as enum ('open', 'paid;', 'it''s');
create table "Größe;" (id int primary key, label text default E'\\';', state state);
create function twice(n int) returns text language sql
begin atomic
  select case when n > 0 then case n when 1 then 'one;' else 'many' end else ';' end;
  /* ; */ select twice.n::text || $q$;$q$; -- ;
end;
create procedure fill() language plpgsql as $body$
declare r record; -- ;
begin
  for r in select generate_series(1, 3) as n loop
    insert into "Größe;" values (r.n, $$a;$$, 'paid;');
  end loop;
end;
$body$;;
call fill();
do $$ begin execute $x$insert into "Größe;" values (9, ';', 'it''s');$x$; end $$;
create rule logged as on delete to "Größe;" do also
  (insert into "Größe;" values (old.id + 100, 'gone;'); notify gone);
delete from "Größe;" where id = 2;
insert into "Größe;" values (50, 'a'
  ';b', null); create view v as select label || ';' as "x;" from "Größe;" -- the end, without one
`

/** A row for each thing in the schema, and for each row of data: without oids. */
const contents = `
  select 'column', table_name::text, column_name::text, concat(data_type, column_default)
    from information_schema.columns where table_schema = 'public'
  union all select 'routine', proname, pg_get_function_arguments(oid),
      case prokind when 'f' then pg_get_functiondef(oid) else prosrc end
    from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'view', viewname, '', definition from pg_views where schemaname = 'public'
  union all select 'rule', rulename, '', definition from pg_rules where schemaname = 'public'
  union all select 'row', id::text, state::text, label from "Größe;"
  order by 1, 2, 3, 4`

async function contentsOf(client: Client): Promise<unknown[]> {
  const {rows} = await client.query<unknown[]>({text: contents, rowMode: 'array'})
  return rows
}

async function errorOf(work: Promise<unknown>): Promise<DatabaseError> {
  const error: unknown = await work.then(
    () => assert.fail('the server took it'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof DatabaseError)
  return error
}

function onServer(server: PostgresServer): void {
  const withDatabase = <T>(work: (client: Client) => Promise<T>): Promise<T> =>
    withTestDatabase(server, (url) => withClient(url, work))

  async function contentsAfter(queries: readonly string[]): Promise<unknown[]> {
    return await withDatabase(async (client) => {
      for (const query of queries) await client.query(query)
      return await contentsOf(client)
    })
  }

  it('makes the same of a script in pieces as of the whole', async () => {
    const whole = await contentsAfter([schema])
    assert.equal(whole.length, 13, 'there is something to compare')

    const {sql, batches = []} = await analyze(schema, {noTransaction: true})
    assert.equal(batches.length, 10)
    assert.deepEqual(await contentsAfter(cut(sql, batches)), whole)
  })

  it('makes the same of a script in batches of a transaction as of the whole', async () => {
    const padding = `-- ${'x'.repeat(500_000)}\n`
    const long = schema.replaceAll(/^(?=create|insert|call)/gm, padding)
    const {sql, batches = [], transaction} = await analyze(long)
    assert.equal(transaction, true)
    assert.ok(batches.length > 2)
    const parts = ['begin', ...cut(sql, batches), 'commit']
    assert.deepEqual(await contentsAfter(parts), await contentsAfter([long]))
  })

  it('makes the same of a script without its outer transaction as of the whole', async () => {
    const wrapped = `begin; ${schema}; commit;`
    const unwrapped = await packed(wrapped)
    assert.doesNotMatch(unwrapped, /commit/)
    assert.deepEqual(await contentsAfter([unwrapped]), await contentsAfter([wrapped]))
  })

  it('points at the same character as we do, in what it refuses', () =>
    withDatabase(async (client) => {
      for (const sql of [
        'selec 1',
        "select '😀漢字', é x y",
        'select 1;\r\n\tselect 2;\r\n\t/* ü */ selec 3',
        'create table t (\n  id int,\n  name texte(,\n)',
        "select 'abc\n def",
        'select $$abc',
        '/* never closed',
        'select "" from t',
        "select U&'\\00zz'",
        'insert into t values (1, 2',
        'do $$ begin end $$ langage x y',
      ]) {
        const {position, message} = await errorOf(client.query(sql))
        const before = Array.from(sql)
          .slice(0, Number(position) - 1)
          .join('')
          .split('\n')
        const {place, what} = await refusal(sql)
        assert.equal(place, `${before.length}:${Array.from(before.at(-1) ?? '').length + 1}`, sql)
        assert.ok(message.startsWith(what.replace(/…?"$/, '')), `${what} | ${message}`)
      }
    }))

  it('refuses a new enum value where we remark it, and takes it as we advise', () =>
    withDatabase(async (client) => {
      await client.query("create type state as enum ('open')")
      const add = "alter type state add value 'paid';"
      const use = "create table t (state state default 'paid');"
      const script = await analyze(add + use)
      assert.match(script.remarks.join(), /55P04/)
      assert.equal((await errorOf(client.query(add + use))).code, '55P04')

      const advised = await analyze(`-- squizzle: no-transaction\n${add}`)
      assert.deepEqual([advised.transaction, advised.batches], [false, undefined])
      await client.query(Buffer.from(advised.sql).toString())
      await client.query(use)
    }))

  it('takes every time that a directive may name, and none that is too long', () =>
    withDatabase(async (client) => {
      for (const time of ['0', '1ms', '2147483647ms', '30s', '15min', '2h', '24d']) {
        const directive = `-- squizzle: lock-timeout=${time}\nselect 1`
        const {lockTimeout} = await analyze(directive)
        await client.query(`set lock_timeout = '${lockTimeout}'`)
      }
      for (const time of ['2147483648ms', '25d', '5m', '30sec']) {
        await refusal(`-- squizzle: lock-timeout=${time}\nselect 1`)
        await errorOf(client.query(`set lock_timeout = '${time}'`))
      }
    }))

  it('fails at run time where a DO block commits in a transaction, which we allow', () =>
    withDatabase(async (client) => {
      const sql = 'do $$begin commit; end$$'
      assert.equal((await analyze(sql)).transaction, true)
      await client.query('begin')
      assert.equal((await errorOf(client.query(sql))).code, '2D000')
    }))

  it('makes a second index of a repeated CREATE INDEX CONCURRENTLY without a name', () =>
    withDatabase(async (client) => {
      const sql = 'create index concurrently on t (id)'
      await client.query('create table t (id int)')
      await client.query(sql)
      await client.query(sql)
      const {rows} = await client.query('select from pg_index where indrelid = $1::regclass', ['t'])
      assert.equal(rows.length, 2)
      await refusal(sql)
    }))
}

for (const server of postgresServers) describeWith([server], server, () => onServer(server))
