import assert from 'node:assert/strict'
import {
  countCharacters,
  offsetOfByte,
  offsetOfCharacter,
} from '../../../src/database/sql/characters.ts'
import {locate} from '../../../src/database/sql/location.ts'

/** A script in two batches, or in one. */
function batchesAt(text: string, second = 0) {
  const border = Buffer.byteLength(text.slice(0, second))
  const last = {at: border, end: Buffer.byteLength(text)}
  return border === 0 ? [last] : [{at: 0, end: border}, last]
}

const at = (text: string, needle: string, statement = 0, batch = 0) =>
  locate(Buffer.from(text), batchesAt(text, batch), text.indexOf(needle) - batch, statement)

describe('characters', () => {
  it('are code points, as PostgreSQL counts them', () => {
    const text = 'a😀é\r\nb'
    assert.equal(countCharacters(text), 6)
    assert.equal(offsetOfCharacter(text, 2), 3)
    assert.equal(text.slice(offsetOfCharacter(text, 5)), 'b')
    assert.equal(text.slice(offsetOfByte(text, Buffer.byteLength('a😀é'))), '\r\nb')
  })
})

describe('the place of a failure', () => {
  it('is line and column of the position, with a caret below', () => {
    const place = at('create table a ();\n\ncreate table b (\n  id bigin,\n  c int\n);\n', 'bigin')
    assert.deepEqual(place, {
      line: 4,
      column: 6,
      statement: 2,
      excerpt: '  3 | create table b (\n> 4 |   id bigin,\n    |      ^\n  5 |   c int\n  6 | );',
    })
  })

  it('counts characters and keeps tabs, after emoji, CRLF and earlier batches', () => {
    const text = "select '😀😀';\r\n\tselect '😀', oops;\r\nselect 1;\r\n"
    const place = at(text, 'oops', 0, text.indexOf('\tselect'))
    assert.equal(place?.line, 2)
    assert.equal(place?.column, 14)
    assert.equal(place?.excerpt, "> 2 | \tselect '😀', oops;\n    | \t             ^")
  })

  it('has its caret below the character that is meant, whatever stands before it', () => {
    for (const [before, columns, width] of [
      ["'e\u0301'", 4, 3],
      ["'日本'", 4, 6],
      ["'👩‍👩‍👧'", 7, 4],
      ["'❤️'", 4, 4],
      ["'\u200b'", 3, 2],
      ["'क्षि'", 6, 3],
    ] as const) {
      const text = `select ${before}, oops`
      const place = at(text, 'oops')
      assert.equal(place?.column, 'select '.length + columns + ', '.length + 1, before)
      const [, caret = ''] = place.excerpt.split('\n')
      assert.equal(caret, `    | ${' '.repeat('select , '.length + width)}^`, before)
    }
  })

  it('is the beginning of the statement, without a caret, where there is no position', () => {
    const text = 'select 1;\n-- why\ninsert into a\n  values (1);\nselect 2'
    assert.deepEqual(locate(Buffer.from(text), batchesAt(text), undefined, 1), {
      line: 3,
      column: 1,
      statement: 2,
      excerpt: '> 3 | insert into a\n  4 |   values (1);',
    })
  })

  it('counts statements on from the batch that failed', () => {
    const text = 'select 1;\nselect 2;\nselect 3;\nselect 4;\n'
    assert.equal(
      locate(Buffer.from(text), batchesAt(text, text.indexOf('select 3')), undefined, 1)?.line,
      4,
    )
  })

  it('is unknown where every statement was done', () => {
    assert.equal(
      locate(Buffer.from('select 1; select 2;'), batchesAt('select 1; select 2;'), undefined, 2),
      undefined,
    )
  })

  it('shows a window of a very long line, and nothing that moves a cursor', () => {
    const text = `select '\u001B[2J${'x'.repeat(5000)}', oops, '${'y'.repeat(5000)}'`
    const lines = at(text, 'oops')?.excerpt.split('\n') ?? []
    assert.ok(lines.every((line) => line.length < 130))
    assert.equal(lines[1]?.indexOf('^'), lines[0]?.indexOf('oops'))
    const moving = "select '\u001B[2J'"
    const short = locate(Buffer.from(moving), batchesAt(moving), undefined, 0)?.excerpt
    assert.equal(short, "> 1 | select ' [2J'")
  })
})
