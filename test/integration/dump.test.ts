import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {withTempDir} from '../../src/files/temp.ts'
import {readCatalogue} from '../support/catalogue.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {withWorld} from '../support/project.ts'
import {psqlFile} from '../support/psql.ts'
import {describeWith, postgresServers, tool} from '../support/services.ts'
import {newestVersion, runScripts, shopSteps, versionsUpTo} from '../support/shop.ts'

const run = promisify(execFile)

/** Rows with all that a reader of COPY data can fall over; a shop has such notes. */
const notes = String.raw`
  create table notes (id int generated always as identity primary key, note text, raw bytea, tags text[], doc jsonb);
  insert into notes (note, raw, tags, doc) values
    (E'\\.', '\x5c2e0a', '{"a,b",NULL,"\\"}', '{"a": "\\n"}'),
    (E'\\.\n\\.\n', null, '{}', null),
    (E'tab\there, CR\rthere\nand a line', '\x', null, '[1, "😀"]'),
    ('', null, null, '""'), (null, null, null, null), ('\N', null, null, null),
    (E'COPY public.notes FROM stdin;\n\\restrict x\n\\! true', null, null, null),
    ('it''s $$ -- /* 😀 日本 e\u0301', null, null, null);
  insert into notes (note) select repeat(E'line\n\t\\', n) from generate_series(1, 200) n`

/** The newest shop, with data in it. */
async function fill(url: string): Promise<void> {
  const forwards = shopSteps(versionsUpTo(newestVersion))
    .flat()
    .map(({forward}) => forward)
  await withClient(url, async (client) => {
    await runScripts(forwards, (sql) => client.query(sql))
    await client.query(notes)
    await client.query(`
      insert into sales.customers (email, full_name, country)
        select 'c' || n || '@example.com', 'Ann 😀 ' || n, 'DE' from generate_series(1, 500) n`)
  })
}

/** The same bytes each time. */
async function dump(url: string, ...args: readonly string[]): Promise<string> {
  const fixed = ['--restrict-key=squizzle', '--dbname', url]
  const {stdout} = await run(tool('pg_dump'), [...fixed, ...args], {maxBuffer: 64 * 1024 * 1024})
  return stdout
}

/** Everything that tables hold, but for the ledger. */
const contents = (url: string) =>
  withClient(url, async (client) => {
    const {rows: tables} = await client.query<{name: string}>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname not in ('squizzle', 'pg_catalog', 'information_schema') order by 1`,
    )
    const lines: string[] = []
    for (const {name} of tables) {
      const {rows} = await client.query<{row: string}>(
        `select t::text as row from only ${name} t order by t::text collate "C"`,
      )
      lines.push(name, ...rows.map(({row}) => row))
    }
    return lines.join('\n')
  })

const catalogueOf = (url: string) =>
  withClient(url, (client) =>
    readCatalogue(async (sql) => (await client.query(sql)).rows, {without: ['squizzle']}),
  )

/** Runs the work with a dump of the shop as a file, a machine that has built it, and its text. */
const withDump = (
  work: (context: {
    text: string
    file: string
    apply: (url: string) => Promise<unknown>
    remarks: readonly string[]
  }) => Promise<void>,
) =>
  withWorld(({machine}) =>
    withTempDir((folder) =>
      withTestDatabase('postgres15', async (url) => {
        await fill(url)
        const text = await dump(url)
        const file = join(folder, 'dump.sql')
        await writeFile(file, text)
        const dev = await machine('dev')
        await dev.write({'0001_dump.sql': text})
        const {notes: remarks} = await dev.build('1.0.0')
        await work({text, file, remarks, apply: (target) => dev.apply(target)})
      }),
    ),
  )

describeWith(['postgres15', 'psql', 'pg_dump'], 'a dump as a migration', () => {
  it('makes a database that gives the same dump', () =>
    withDump(({text, apply, remarks}) =>
      withTestDatabase('postgres15', async (url) => {
        assert.match(text, /^COPY public\.notes /m)
        assert.match(text, /^\\restrict squizzle$/m)
        assert.match(
          remarks.join('\n'),
          /0001_dump\.sql: \\restrict and \\unrestrict lines skipped/,
        )
        await apply(url)
        assert.equal(await dump(url, '--exclude-schema=squizzle'), text)
      }),
    ))

  it('stays released as it is, with another key in its \\restrict lines too', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      const text = (key: string) => `\\restrict ${key}\ncreate table a ();\n\\unrestrict ${key}\n`
      await dev.release('1.0.0', {'0001_dump.sql': text('abc')})
      await dev.write({'0001_dump.sql': text('xyz')})
      assert.equal((await dev.build('1.1.0')).outcome, 'nothing')
    }))
})

for (const server of postgresServers) {
  describeWith(
    [server, 'postgres15', 'psql', 'pg_dump'],
    `a dump as a migration (${server})`,
    () => {
      it('makes what psql makes of it, schema and rows', () =>
        withDump(({file, apply}) =>
          withTestDatabase(server, (ours) =>
            withTestDatabase(server, async (theirs) => {
              await apply(ours)
              await psqlFile(theirs, file)
              assert.equal(await catalogueOf(ours), await catalogueOf(theirs))
              const rows = await contents(ours)
              assert.equal(rows, await contents(theirs))
              assert.ok(rows.split('\n').length > 700)
            }),
          ),
        ))
    },
  )
}
