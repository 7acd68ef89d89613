import assert from 'node:assert/strict'
import {loadModule, parseSync} from 'libpg-query'
import {analyze, cut, pieces} from './analysis.ts'

const statements = [
  'select 1',
  "select ';', E'\\';', U&';', 'a\n;', $$;$$, $a$ $$;$a$, \";\" from (values (1)) as x(\";\")",
  '/* ; /* ; */ ; */ select 2 -- ;\n',
  `create function f(n int) returns text language sql
   begin atomic
     select case when n > 0 then 'a;' else 'b' end;
     select case n when 1 then (select case when true then ';' end) end;
   end`,
  `create procedure p() language plpgsql as $body$
   begin
     perform 1; -- ;
     commit;
   end; $body$`,
  'do $$ begin if true then commit; end if; end $$',
  "create rule r as on insert to a do also (insert into b values (1); insert into c values (';'))",
  'create table "Größe" (größe int, 表 text, "😀;" int)',
  "select 'a'\n  ';'\n  ';'",
  'create view v as select 1 as "end", 2 as "begin"',
  'prepare q as select $1; execute q(1)',
  'alter table a add constraint c check (b <> $x$;$x$)',
]

/** A statement as the parser sees it, without where it stood. */
function treeOf(sql: string): string {
  const parsed = parseSync(sql).stmts ?? []
  return JSON.stringify(
    parsed.map(({stmt}) => stmt),
    (key, value: unknown) => (/location$|_len$/.test(key) ? undefined : value),
  )
}

describe('the borders of a script', () => {
  before(() => loadModule())

  for (const separator of [';', ';\n', ' ;\r\n\r\n', ';;; ', '; -- trailing ü\n', '/* 😀 */;']) {
    for (const end of ['', ';', ';\n-- the end\n']) {
      it(`cut it into its statements, between ${JSON.stringify(separator)}, to ${JSON.stringify(end)}`, async () => {
        const singles = statements.flatMap((statement) => statement.split(/; (?=execute)/))
        const sql = `\n-- head ü\n${singles.join(separator)}${end}`
        const parts = await pieces(sql)
        assert.equal(parts.join(''), sql, 'together the pieces are the script')
        assert.deepEqual(
          parts.map(treeOf),
          singles.map((statement) => treeOf(statement)),
        )
      })
    }
  }

  it('leave the comments above a statement with it', async () => {
    const sql = '-- one\nvacuum a;\n\n-- two\n/* more */\nvacuum b;\n-- end'
    assert.deepEqual(await pieces(sql), [
      '-- one\nvacuum a;',
      '\n\n-- two\n/* more */\nvacuum b;\n-- end',
    ])
  })

  it('are bytes, not characters', async () => {
    assert.deepEqual(
      (await analyze("select 'é😀';select 2", {noTransaction: true})).batches,
      [0, 16],
    )
  })

  it('begin at 0 also after a BEGIN that was taken off', async () => {
    const row = `insert into a values ('${'x'.repeat(600_000)}');`
    const {batches, sql} = await analyze(`begin; ${row} ${row} commit;`)
    assert.deepEqual(batches, [0, 7 + row.length])
    assert.deepEqual(
      cut(sql, batches ?? []).map((part) => part.trim()),
      [row, row],
    )
  })
})

describe('the batches of a script in a transaction', () => {
  const mebibyte = 1024 * 1024

  it('are none for what is sent at once', async () => {
    assert.equal((await analyze('select 1;'.padEnd(mebibyte - 9) + 'select 2;')).batches, undefined)
  })

  it('are whole statements, as many as fit into 1 MiB', async () => {
    const row = `insert into a values (1, '${'é'.repeat(500)}');\n`
    const sql = row.repeat(3500)
    const {batches = [], statements: count} = await analyze(sql)
    assert.equal(count, 3500)
    const parts = cut(Buffer.from(sql), batches)
    assert.equal(parts.join(''), sql)
    for (const [index, part] of parts.entries()) {
      const size = Buffer.byteLength(part)
      assert.ok(size <= mebibyte)
      assert.ok(part.trim().endsWith(';'))
      const next = parts[index + 1]
      const first = next === undefined ? mebibyte : Buffer.byteLength(row)
      assert.ok(size + first > mebibyte, 'no batch has room for one more')
    }
  })

  it('cut a byte above the limit, not at it', async () => {
    const first = 'select 1;'
    const second = (size: number): string => `select '${'x'.repeat(size - first.length - 10)}';`
    assert.equal((await analyze(first + second(mebibyte))).batches, undefined)
    assert.deepEqual((await analyze(first + second(mebibyte + 1))).batches, [0, 9])
  })

  it('leave a statement whole that is longer', async () => {
    const long = `select '${'x'.repeat(2 * mebibyte)}';`
    const {batches} = await analyze(`select 1;${long}select 2;`)
    assert.deepEqual(batches, [0, 9, 9 + long.length])
  })
})
