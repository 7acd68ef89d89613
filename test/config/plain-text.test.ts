import assert from 'node:assert/strict'
import {inSentence, stripControl} from '../../src/config/plain-text.ts'

describe('text of others', () => {
  const cases: Record<string, [text: string, safe: string]> = {
    colours: ['a\u001b[31mred\u001b[0mb', 'aredb'],
    'a cleared screen': ['a\u001b[2J\u001b[Hb', 'ab'],
    'a window title': ['a\u001b]0;title\u0007b', 'ab'],
    'a hyperlink': ['\u001b]8;;https://x\u0007text\u001b]8;;\u0007', 'text'],
    'a lone escape': ['a\u001b', 'a'],
    'C1 controls': ['a\u009b31mb', 'ab'],
    'a line written over': ['failed\rdone  ', 'faileddone  '],
    backspaces: ['no\b\byes', 'noyes'],
    'a NUL and a bell': ['a\0b\u0007', 'ab'],
    'text turned around': ['a\u202eb\u2066c', 'abc'],
    'line feeds and tabs': ['a\r\n\tb\n', 'a\n\tb\n'],
    'other writing and emoji': ['naïve 日本 👩‍💻', 'naïve 日本 👩‍💻'],
  }
  for (const [name, [text, safe]] of Object.entries(cases)) {
    it(`is safe to print: ${name}`, () => assert.equal(stripControl(text), safe))
  }

  it('is one short line inside a sentence', () => {
    assert.equal(inSentence(' a\n\tb  c '), 'a b c')
    assert.equal(inSentence('x'.repeat(100), 10), `${'x'.repeat(10)}...`)
  })
})
