import assert from 'node:assert/strict'
import {locateCopyRow} from '../../../src/database/sql/copy-row.ts'

const head = 'select 1;\ncopy a from stdin;\n'
const text = `${head}1\té😀\n2\t\\\\\n3\ta\\\n4\n5\tb\n\\.\n`
const rows = {start: head.length, end: Buffer.byteLength(text) - '\\.\n'.length}
const copy = {at: 'select 1;'.length, end: head.length}

const lineOf = (where: string | undefined) =>
  locateCopyRow(Buffer.from(text), where, [{at: 0, end: copy.at}, copy], rows)?.line

describe('the row that a COPY stopped at', () => {
  for (const [where, line] of [
    ['COPY a, line 1, column i: "x"', 3],
    ['COPY a, line 2', 4],
    ['COPY a, Zeile 3, Spalte i: »x«', 5],
    ['COPY a, ligne 4 : « 5 b »', 7],
    ['COPY a, 行 1, 列 i: "x"', 3],
    ['PL/pgSQL function f() line 9 at RAISE\nCOPY a, line 2: "2"', 4],
    ['SQL statement "COPY b, line 7"\nCOPY a, line 1: "COPY a, line 9: "', 3],
  ] as const) {
    it(`is read from what PostgreSQL says: ${where.replace('\n', ' / ')}`, () => {
      assert.equal(lineOf(where), line)
    })
  }

  for (const where of [undefined, '', 'PL/pgSQL function f() line 9', 'COPY a', 'COPY a, line 9']) {
    it(`is unknown: ${where}`, () => {
      assert.equal(lineOf(where), undefined)
    })
  }

  it("has its statement's number", () => {
    const found = locateCopyRow(
      Buffer.from(text),
      'COPY a, line 1',
      [{at: 0, end: copy.at}, copy],
      rows,
    )
    assert.equal(found?.statement, 2)
  })
})
