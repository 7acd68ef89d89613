import assert from 'node:assert/strict'
import {ledgerDdl} from '../../../src/database/ledger/ddl.ts'
import {ledgerTables} from '../../../src/database/ledger/tables.ts'
import {apply, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, withEngine} from '../support/engines.ts'

const shop = artifact([{version: '1.0.0', files: {a: 'create table a ()'}}])

/** What the catalogue says of a table, told apart from how the ledger's own check reads it. */
const columnsOf = (table: string) => `
  select column_name as name, is_nullable as nullable,
    case data_type when 'ARRAY' then 'text[]' else data_type end as type,
    col_description(format('%I.%I', table_schema, table_name)::regclass, ordinal_position::int) as comment
  from information_schema.columns where table_schema = '${schema}' and table_name = '${table}'
  order by ordinal_position`

describeEngines('the ledger', (engine) => {
  it('has the tables, columns and comments that are promised', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await apply(url, shop)
      const tables = await ask(
        `select c.relname as name, obj_description(c.oid) as comment from pg_class c
         where relnamespace = '${schema}'::regnamespace and relkind = 'r' order by c.oid`,
      )
      assert.deepEqual(
        tables,
        ledgerTables.map(({name, comment}) => ({name, comment})),
      )
      for (const table of ledgerTables) {
        const expected = table.columns.map(({name, type, nullable, comment}) => ({
          name,
          nullable: nullable === true ? 'YES' : 'NO',
          type,
          comment,
        }))
        assert.deepEqual(await ask(columnsOf(table.name)), expected)
        for (const {comment} of table.columns) assert.ok(comment.length > 10)
      }
    })
  })

  it('refuses rows that no run writes', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await apply(url, shop)
      const digest = `sha256:${'0'.repeat(64)}`
      for (const statement of [
        `insert into ${schema}.meta (format, project, database_name) values (1, 'other', 'x')`,
        `update ${schema}.meta set project = ''`,
        `update ${schema}.releases set state = 'done'`,
        `update ${schema}.releases set state = 'applying'`,
        `update ${schema}.releases set origin = 'guess'`,
        `update ${schema}.releases set diff_id = 'sha256:abc'`,
        `update ${schema}.releases set position = 0`,
        `update ${schema}.releases set position = 2`,
        `insert into ${schema}.migrations (release, position, name, kind, forward, state, run_id)
           values (7, 1, 'x', 'versioned', '${digest}', 'begun', gen_random_uuid())`,
        `update ${schema}.migrations set state = 'begun', finished_at = null, duration_ms = null`,
        `update ${schema}.migrations set statement_started = 2, statement_done = 0`,
        `update ${schema}.migrations set kind = 'other'`,
        `delete from ${schema}.releases`,
      ]) {
        await assert.rejects(ask(statement), /violates|constraint/, statement)
      }
    })
  })

  it('can be made by hand from the printed statements, and then be used', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask(`${ledgerDdl(schema).join(';\n')}; select 1`)
      const {applied} = await apply(url, shop)
      assert.deepEqual(applied, ['1.0.0'])
      const [row] = await ask(
        `select project, format, database_name = current_database() as here from ${schema}.meta`,
      )
      assert.deepEqual(row, {project: 'shop', format: 1, here: true})
    })
  })

  it('may have a schema of any name', async () => {
    const name = 'a"; drop schema x; --'
    await withEngine(engine, async ({url, ask}) => {
      await ask('create schema x; select 1')
      await apply(url, shop, {schema: name, plan: {allowNonempty: true}})
      const again = await apply(url, shop, {schema: name})
      assert.deepEqual(again.applied, [])
      const schemas = await ask(
        "select nspname as name from pg_namespace where nspname not like 'pg\\_%' order by 1",
      )
      assert.deepEqual(
        schemas.map((row) => row['name']).filter((text) => text !== 'information_schema'),
        [name, 'public', 'x'],
      )
    })
  })
})
