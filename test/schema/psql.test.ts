import assert from 'node:assert/strict'
import {analyzeScript} from '../../src/schema/analyze.ts'
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
    ['select 1 \\restrict k3y', '1:10', /^\\restrict is/, /Take it out/],
    ['select 1;\\unrestrict k3y', '1:10', /^\\unrestrict is/, /Take it out/],
    ['select\n\\restrict k3y\n1;', '2:1', /^\\restrict is/, /Take it out/],
    ['\\restricted\nselect 1;', '1:1', /^\\restricted is/, /Take it out/],
    ['copy a from stdin;\n1\n\\.\n\\c shop', '4:1', /^\\c is/, /connects/],
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

describe('the \\restrict lines of a dump', () => {
  const dump = '-- dump\n\\restrict k3y\nselect 1;\n\\unrestrict k3y\n'

  it('are skipped, and that is said', async () => {
    const {sql, remarks, statements} = await analyze(dump)
    assert.equal(statements, 1)
    assert.equal(
      Buffer.from(sql).toString(),
      '-- dump\n             \nselect 1;\n               \n',
    )
    assert.deepEqual(remarks, ['\\restrict and \\unrestrict lines skipped'])
  })

  it('are blanks only in what is packed, not in what was read', async () => {
    const read = Buffer.from(`begin;\n${dump}commit;\n`)
    const {sql} = await analyzeScript(read, {file: 'a.sql', role: 'forward', parse: 'required'})
    assert.equal(read.toString(), `begin;\n${dump}commit;\n`)
    assert.notDeepEqual(Buffer.from(sql), read)
  })

  it('leave the places of all else as they were', async () => {
    assert.equal((await refusal(dump.replace('select', 'selct'))).place, '3:1')
  })

  it('say nothing inside the rows of a COPY', async () => {
    const sql = 'copy a from stdin;\n\\restrict k3y\n\\.\n'
    assert.deepEqual(await analyze(sql), {
      sql: Buffer.from(sql),
      transaction: true,
      batches: [{at: 0, data: 19, end: 33}],
      statements: 1,
      remarks: [],
    })
  })
})
