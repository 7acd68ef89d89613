import assert from 'node:assert/strict'
import {loadModule, parseSync} from 'libpg-query'
import {findStatements} from '../../../src/database/sql/statements.ts'

const texts = [
  'select 1',
  'select 1;',
  ';;select 1;; ;select 2 ; -- end',
  '-- only a comment; here',
  "select ';' ; select 'it''s;' ; select E'\\';' ; select U&'\\0041;' ; select \"a;\"\"b\" from t",
  'select $$;$$; select $a$ ; $$ ; $b$ $a$; select a$b$c from t; select 2',
  '/* ; /* nested ; */ ; */ select 1; /* x */ select /* ; */ 2',
  'create rule r as on insert to t do also (insert into a values (1); insert into b values (2)); select 1',
  `create or replace function f(i int) returns int language sql
   begin atomic
     select case when i > 0 then 1 else 2 end;
     select 3;
   end; select 4`,
  `create procedure p() begin atomic insert into t values (1); insert into t values (2); end; select 1`,
  'begin; select 1; end; select 2; commit',
  "do $body$ begin raise notice ';'; end $body$; select '😀;'; select 1",
  'select 1 where $1 = 2; select (1); select 3',
  'create table "t" (\n  a int, -- not; here\n  b text default \';\'\n);\r\ninsert into t values (1);\r\n',
]

describe('the statements of a text', () => {
  before(loadModule)

  for (const text of texts) {
    it(`are those of PostgreSQL's own parser: ${JSON.stringify(text.slice(0, 60))}`, () => {
      const found = findStatements(text).map(({start, end}) => text.slice(start, end))
      assert.deepEqual(found, parsed(text))
    })
  }

  it('are found where a quote or a comment never ends', () => {
    assert.equal(findStatements("select 1; select 'x").length, 2)
    assert.equal(findStatements('select 1; select $$ x').length, 2)
    assert.equal(findStatements('select 1; /* x').length, 1)
  })

  it('are found in megabytes of text in little time', () => {
    const text = "insert into t values ('it''s', E'\\n', $$x$$); -- comment\n".repeat(50_000)
    assert.equal(findStatements(text).length, 50_000)
  })
})

/** Without the blanks and comments in front of them. */
function parsed(text: string): string[] {
  const bytes = Buffer.from(text)
  const {stmts} = parseSync(text) as {stmts: {stmt_location?: number; stmt_len?: number}[]}
  return stmts.map(({stmt_location: at = 0, stmt_len: length}) =>
    bytes
      .subarray(at, length === undefined ? undefined : at + length)
      .toString()
      .replace(/^(?:\s|--[^\n]*|\/\*(?:[^*/]|\/\*.*?\*\/|[*/])*?\*\/|;)+/s, '')
      .replace(/(?:\s|;|--[^\n]*)*$/, ''),
  )
}
