import assert from 'node:assert/strict'
import {shownDetails} from '../../../src/database/failure-text.ts'
import {apply, failureOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import type {FileSource} from '../support/artifact.ts'
import {casesFor, describeEngines, describePostgres, withEngine} from '../support/engines.ts'
import type {Engine} from '../support/engines.ts'

/** How a file fails, between others that share its message. */
async function fail(engine: Engine, file: string | FileSource) {
  const before = {
    '0001_a': "create table a (i int primary key, n int not null); select '😀'",
    '0002_b': 'insert into a values (1, 1)',
  }
  const files = {...before, '0003_bad': file, '0004_d': 'create table d ()'}
  return withEngine(engine, ({url}) => failureOf(apply(url, artifact([{version: '1.0.0', files}]))))
}

/** Scripts that fail, and where: line and column. */
const places = [
  ['after emoji and accents', "select '😀é', '日本';\n\nselect '😀', oops", '3:13'],
  ['after CRLF and tabs', 'select 1;\r\n\tselect 2;\r\n\t\toops;\r\n', '3:3'],
  ['in its first word', 'oops', '1:1'],
  ['at its end', 'select 1;\nselect (1', '2:10'],
  ['in a quote that never ends', "select 1;\nselect 'x;\n", '3:1'],
  [
    'at run time, without a position',
    'select 1;\n\n-- twice\ninsert into a values (1, 1);\nselect 2',
    '4:1',
  ],
  ['in a body of statements', 'select 1;\ndo $$ begin\n  perform 1; perform 1/0;\nend $$', '2:1'],
] as const

describeEngines('a failing script', (engine) => {
  for (const [what, sql, place] of casesFor(engine, places)) {
    it(`is shown by line and column: ${what}`, async () => {
      const error = await fail(engine, sql)
      assert.equal(error.code, 'MIGRATION_FAILED')
      assert.match(error.message, new RegExp(`^1\\.0\\.0/0003_bad\\.sql:${place}: `))
      assert.equal(
        error.hint?.startsWith('Rolled back: the database is still without a release.'),
        true,
      )
    })
  }

  it('is shown with what PostgreSQL says beside', async () => {
    const error = await fail(engine, 'select 1;\ninsert into a values (1, 2)')
    assert.equal(
      shownDetails(error.details),
      '> 2 | insert into a values (1, 2)\nSQLSTATE: 23505\nDETAIL: Key (i)=(1) already exists.',
    )
    const inside = await fail(engine, 'do $$ begin perform 1/0; end $$')
    assert.match(shownDetails(inside.details), /\nCONTEXT: .*PL\/pgSQL/s)
    const within = await fail(engine, "do $$ begin execute 'select oops'; end $$")
    assert.match(shownDetails(within.details), /\nQUERY: select oops\nCONTEXT: .*PL\/pgSQL/s)
  })

  it('is named where it leaves its transaction unfit for the ledger', async () => {
    const error = await fail(engine, 'select 1;\nset transaction read only')
    assert.equal(error.code, 'MIGRATION_FAILED')
    assert.match(error.message, /^1\.0\.0\/0003_bad\.sql: at the end of the script: .*read-only/)
    assert.match(error.hint ?? '', /still without a release\. Take out of the file what makes/)
  })

  it('is found in a script that goes in several messages', async () => {
    const filler = `insert into a select 2, 2 where false; -- ${'x'.repeat(960)}\n`.repeat(1600)
    const sql = `${filler}-- second\n${filler}-- third\nselect 1;\n  select oops;\n`
    const error = await fail(engine, {sql, cuts: ['-- second', '-- third']})
    assert.match(error.message, /0003_bad\.sql:3204:10: column "oops" does not exist/)
    assert.equal(error.details['statement'], 3202)
  })

  it('may fail at its end, by a constraint that was deferred', async () => {
    const error = await fail(
      engine,
      'create table child (i int references a deferrable initially deferred);\ninsert into child values (9);',
    )
    assert.match(error.message, /0003_bad\.sql: at the end of the script: .*foreign key/)
    assert.equal(error.details['sqlstate'], '23503')
  })

  for (const [sql, sqlstate, hint] of [
    ['vacuum a', '25001', /cannot run in a transaction/],
    ['copy a from stdin', '57014', /use INSERT/],
  ] as const) {
    it(`is explained: ${sql}`, async () => {
      const error = await fail(engine, sql)
      assert.equal(error.details['sqlstate'], sqlstate)
      assert.match(error.hint ?? '', hint)
    })
  }
})

describePostgres('a failing script', (engine) => {
  it('is explained where it uses an enum value too early', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask("create type mood as enum ('a'); select 1")
      const files = {a: "alter type mood add value 'b'", b: "select 'b'::mood"}
      const shop = artifact([{version: '1.0.0', files}])
      const error = await failureOf(apply(url, shop, {plan: {allowNonempty: true}}))
      assert.equal(error.details['sqlstate'], '55P04')
      assert.match(error.hint ?? '', /later release/)
      const plan = {allowNonempty: true, transaction: 'migration'} as const
      assert.deepEqual((await apply(url, shop, {plan})).applied, ['1.0.0'])
    })
  })

  it('is explained where it outgrows the table of locks', async () => {
    await withEngine(engine, async ({url}) => {
      const many =
        'do $$ begin for i in 1..30000 loop perform pg_advisory_xact_lock(i); end loop; end $$'
      const error = await failureOf(apply(url, artifact([{version: '1.0.0', files: {a: many}}])))
      assert.equal(error.details['sqlstate'], '53200')
      assert.match(error.hint ?? '', /--transaction migration/)
    })
  })

  it('is shown by its characters in a database that knows only bytes', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const {pathname} = new URL(url)
      const name = `${pathname.slice(1)}_ascii`
      await ask(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`)
      try {
        const ascii = Object.assign(new URL(url), {pathname: name}).href
        const files = {a: "select '😀é';", b: "select 'é😀', oops"}
        const error = await failureOf(apply(ascii, artifact([{version: '1.0.0', files}])))
        assert.match(error.message, /b\.sql:1:14: /)
      } finally {
        await ask(`drop database ${name}`)
      }
    })
  })
})
