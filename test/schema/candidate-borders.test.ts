import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import {loadModule, parseSync} from 'libpg-query'
import {scanScript} from '../../src/schema/scan.ts'

/** Statements with every kind of semicolon that ends none, and with words that only look like a body of statements. */
const statements = [
  'select 1',
  "select ';', E'\\';', U&';', 'a\n;', $$;$$, $a$ $$;$a$, \";\" from (values (1)) as x(\";\")",
  '/* ; /* ; */ ; */ select 2 -- ;\n',
  "create rule r as on insert to a do also (insert into b values (1); delete from c where d = ';')",
  'create rule r as on insert to a do also (select (1); select ((2)))',
  `create function f(n int) returns text language sql
   begin atomic
     select case when n > 0 then 'a;' else case n when 1 then 'b' end end;
     select 1 as "end", 2 as "begin"; -- end;
     select (select case when true then ';' end);
   end`,
  'create or replace procedure s.p(a int, inout b text) begin atomic insert into t values (1); update t set a = 2; end',
  'create function f() returns int begin atomic end',
  'create function f() returns int return case when true then 1 end',
  "create function f() returns int language sql as 'select 1; select 2'",
  'create function f() returns trigger language plpgsql as $f$ begin if true then return new; end if; end $f$',
  'create function atomic() returns int language sql as $$ select 1 $$',
  'create or replace function begin_atomic(atomic int default 1) returns int language sql return atomic',
  'create table copy (id int, "begin" int, atomic int)',
  'create table function (id int)',
  'create view v as select 1 as "end", 2 as "begin", case when true then 1 end',
  'do $$ begin perform 1; end $$',
  'prepare q as select $1',
  'copy a to stdout',
  "copy (select 1 from stdin) to '/srv/a'",
  "insert into a values ('it''s', E'\\\\', '\\', $x$'$x$)",
  'alter table a add constraint c check (b <> $x$;$x$)',
  'create table "Größe;" (größe int, 表 text, "😀;" int)',
  'call p(x := 1)',
  'begin',
  'commit',
  "select 'a'\n  ';'\n  ';'",
  "select E'a;'\n  'b\\';'",
  'select 1 as end, 2 as function',
  'drop function f(int), g()',
  'comment on function f(int) is $$ begin atomic ; $$',
  'create trigger t before insert on a for each row execute function f()',
]
const separators = [';', ';\n', ' ;\r\n\r\n', ';;; ', '; -- ü ;\n', '/* ;😀 */;', '\n;\n']

/** Numbers below one, the same in each run. */
function* randoms(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

/** Where the lexer would cut if every statement were a piece. */
function ours(sql: string): number[] {
  const bytes = Buffer.from(sql)
  const {pieces} = scanScript({file: 'a.sql', bytes, firstLine: 1}, 0)
  return pieces.map(({start}) => start)
}

/** Where PostgreSQL's parser ends a statement, empty ones among them; undefined where it refuses the text. */
function theirs(sql: string): number[] | undefined {
  try {
    return (parseSync(sql).stmts ?? []).flatMap(({stmt_location: at = 0, stmt_len: length}) =>
      length === undefined ? [] : [at + length + 1],
    )
  } catch {
    return undefined
  }
}

/** Each border of the parser is one of the lexer's; where the lexer has more, nothing stands between but blanks. */
function compare(sql: string): void {
  const expected = theirs(sql)
  assert.ok(expected, `the parser refuses ${sql}`)
  const found = new Set([...ours(sql), Buffer.byteLength(sql)])
  for (const border of expected) assert.ok(found.has(border), `no border at ${border} of ${sql}`)
  const pieces = [...found].toSorted((a, b) => a - b)
  const bytes = Buffer.from(sql)
  const parsed = pieces.map((start, index) => {
    const piece = bytes.subarray(start, pieces[index + 1]).toString()
    return piece === ''
      ? 0
      : theirs(piece) === undefined
        ? NaN
        : (parseSync(piece).stmts ?? []).length
  })
  assert.ok(
    parsed.every((count) => count <= 1),
    `two statements in one piece of ${sql}`,
  )
  const total = parsed.reduce((sum, count) => sum + count, 0)
  assert.equal(total, (parseSync(sql).stmts ?? []).length, `a statement cut in two in ${sql}`)
}

describe('candidate borders', () => {
  before(() => loadModule())

  it('are those of PostgreSQL, for 1,000 scripts of every kind of statement', () => {
    const random = randoms(20_240_115)
    const pick = (list: readonly string[]) =>
      list[Math.floor(random.next().value * list.length)] ?? ''
    for (let script = 0; script < 1000; script += 1) {
      const length = 1 + Math.floor(random.next().value * 8)
      const parts = Array.from({length}, () => pick(statements) + pick(separators))
      compare(parts.join('') + pick(['', 'select 1', '-- the end', '/* ; */']))
    }
  })

  it('are those of PostgreSQL in the example shop', () => {
    const files = globSync('examples/shop/**/*.sql')
    assert.ok(files.length > 50)
    for (const file of files) compare(readFileSync(file, 'utf8'))
  })
})
