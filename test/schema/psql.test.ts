import assert from 'node:assert/strict'
import {analyze, packed, refusal} from './analysis.ts'

describe('what only psql understands', () => {
  for (const [sql, place, what, hint] of [
    ['\\connect shop', '1:1', /^\\connect is a command of psql/, /connects to the database/],
    ['\\c', '1:1', /^\\c is/, /connects/],
    ['select 1;\n  \\i 0002_b.sql', '2:3', /^\\i is/, /of its own/],
    ['\\ir x', '1:1', /^\\ir is/, /of its own/],
    ["\\set owner 'me'", '1:1', /^\\set is/, /write the value/],
    ['select 1 \\gset', '1:10', /^\\gset is/, /write the value/],
    ["select 'drop table a' \\gexec", '1:23', /^\\gexec is/, /EXECUTE/],
    ['select 1 \\g', '1:10', /^\\g is/, /semicolon/],
    ['\\! rm -rf /', '1:1', /^\\! is/, /Take it out/],
    ['\\echo hello', '1:1', /^\\echo is/, /Take it out/],
    ["select 'é😀';\n\t\\timing on", '2:2', /^\\timing is/, /Take it out/],
    ['\\restrict k3y\nselect 1;', '1:1', /^\\restrict .*pg_dump.*not yet supported$/, /Delete/],
    ['select 1;\n\\unrestrict k3y', '2:1', /^\\unrestrict .*not yet supported$/, /Delete/],
  ] as const) {
    it(`is refused: ${JSON.stringify(sql)}`, async () => {
      const refused = await refusal(sql)
      assert.equal(refused.code, 'SOURCE_INVALID')
      assert.equal(refused.place, place)
      assert.match(refused.what, what)
      assert.match(refused.hint, hint)
    })
  }

  for (const sql of [
    "select '\\connect'",
    "select E'\\\\connect'",
    'select 1 as "\\i"',
    '-- \\restrict k3y\nselect 1',
    '/* \\i x */ select 1',
    'do $$begin /* \\! */ end$$',
  ]) {
    it(`is no concern inside quotes and comments: ${sql}`, async () => {
      assert.equal(await packed(sql), sql)
    })
  }

  for (const [sql, place, name] of [
    ['select * from :tbl', '1:15', ':tbl'],
    ["select\n  :'owner'", '2:3', ":'owner'"],
    ['grant all on a to :"owner"', '1:19', ':"owner"'],
    ['select :{?owner}', '1:8', ':{?owner}'],
  ] as const) {
    it(`is refused as a variable: ${JSON.stringify(sql)}`, async () => {
      const refused = await refusal(sql)
      assert.equal(refused.place, place)
      assert.equal(refused.what, `${name} is a variable of psql, not SQL`)
    })
  }

  for (const sql of ['select a[1:n] from a', "select '1'::int", 'call p(x := 1)']) {
    it(`does not take SQL's own colons for a variable: ${sql}`, async () => {
      assert.equal((await analyze(sql)).statements, 1)
    })
  }
})

describe('COPY ... FROM stdin', () => {
  for (const sql of [
    "COPY public.a (id, name) FROM stdin;\n1\tit's \\N\n\\.\n",
    'copy a from stdin',
    'copy a from stdin;',
    'COPY a FROM STDIN WITH (FORMAT csv);\n1,"x\n\\.\n',
    '/* data */ copy a(id) from /* here */ stdin;\n',
    'copy "FROM stdin" from stdin;\n',
    'copy a from stdout;',
  ]) {
    it(`is refused as a dump's data, with or without rows: ${JSON.stringify(sql)}`, async () => {
      const refused = await refusal(`select 'é';\n ${sql}`)
      assert.equal(refused.code, 'SOURCE_INVALID')
      assert.equal(refused.place, `2:${sql.startsWith('/*') ? 13 : 2}`)
      assert.equal(refused.what, 'COPY ... FROM stdin, as in a pg_dump file, is not yet supported')
      assert.match(refused.hint, /INSERT/)
    })
  }

  it('is refused where parsing is optional too', async () => {
    const {what} = await refusal('copy a from stdin;\n1\n\\.\n', {parse: 'optional'})
    assert.match(what, /^COPY/)
  })

  for (const sql of [
    "copy a from '/srv/a.csv'",
    "copy a from program 'zcat a.gz'",
    'copy (select 1 from stdin) to stdout',
    'copy a to stdout',
    'create table copy (id int); select 1 from stdin',
    "select 'copy a from stdin;'",
    'do $$begin execute $x$copy a from stdin;$x$; end$$',
    '-- copy a from stdin;\nselect 1',
  ]) {
    it(`is not seen in: ${sql}`, async () => {
      assert.equal(await packed(sql), sql)
    })
  }
})
