import assert from 'node:assert/strict'
import {refusal} from './analysis.ts'

describe('the place of an error', () => {
  for (const [title, sql, place, excerpt] of [
    ['at the start', 'selec 1', '1:1', '  1 | selec 1\n    | ^'],
    ['at the end', 'select 1;\nselect (', '2:9', '  2 | select (\n    |         ^'],
    ['at the end, above blank lines', 'select (\n\n', '1:9', '  1 | select (\n    |         ^'],
    [
      'after tabs, which the caret follows',
      'select 1,\n\t\tselec 2 x y',
      '2:9',
      '  2 | \t\tselec 2 x y\n    | \t\t      ^',
    ],
    [
      'after CRLF, of which the end is not shown',
      'select 1;\r\nselec 1;\r\n',
      '2:1',
      '  2 | selec 1;\n    | ^',
    ],
    [
      'after characters that are two columns wide',
      "select '😀漢字かなカナ한', é x y",
      '1:24',
      "  1 | select '😀漢字かなカナ한', é x y\n    |                                ^",
    ],
    [
      'after a letter and its accent, two characters',
      "select 'e\u0301' x y",
      '1:15',
      "  1 | select 'e\u0301' x y\n    |              ^",
    ],
    [
      'in a line that would move the cursor of a terminal',
      "select '\u001b[2J\u0007' x y",
      '1:18',
      "  1 | select ' [2J ' x y\n    |                  ^",
    ],
    ['in line 100', `${'\n'.repeat(99)}selec 1`, '100:1', '  100 | selec 1\n      | ^'],
  ] as const) {
    it(`is right ${title}`, async () => {
      const refused = await refusal(sql)
      assert.equal(refused.excerpt, excerpt)
      assert.equal(refused.place, place)
    })
  }

  it('shows a window of a very long line', async () => {
    const {place, excerpt} = await refusal(
      `select ${'1, '.repeat(1000)}1 x y, ${'2, '.repeat(1000)}2`,
    )
    assert.equal(place, '1:3012')
    const [line = '', caret = ''] = excerpt.split('\n')
    assert.match(line, /^ {2}1 \| ….{100}y, .*…$/)
    assert.equal(line[caret.indexOf('^')], 'y')
    assert.ok(line.length < 220)
  })
})
