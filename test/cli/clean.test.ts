import assert from 'node:assert/strict'
import {cleanJson, cleanText, redactWith} from '../../src/cli/clean.ts'

describe('what is printed', () => {
  const actions = process.env['GITHUB_ACTIONS']

  beforeEach(() => {
    delete process.env['GITHUB_ACTIONS']
    redactWith((text) => text.replaceAll('hunter2', '***'))
  })
  after(() => {
    redactWith((text) => text)
    if (actions !== undefined) process.env['GITHUB_ACTIONS'] = actions
  })

  const texts: readonly (readonly [title: string, text: string, shown: string])[] = [
    ['colours', 'a\u001B[31mb\u001B[0mc', 'abc'],
    ['a title for the terminal', 'a\u001B]0;title\u0007b', 'ab'],
    ['the eight-bit escape', 'a\u009B31mb', 'ab'],
    ['a line that rewrites itself', 'safe\rEVIL', 'safeEVIL'],
    ['a bell, a NUL and a backspace', 'a\u0007\u0000\u0008b', 'ab'],
    ['text in the other direction', 'a\u202Eb\u2066c', 'abc'],
    ['a secret with a colour in it', 'hun\u001B[1mter2', '***'],
    ['a secret', 'x hunter2 y', 'x *** y'],
  ]
  for (const [title, text, shown] of texts) {
    it(`has no ${title}`, () => assert.equal(cleanText(text), shown))
  }

  it('keeps lines, tabs and letters of all languages', () => {
    assert.equal(cleanText('a\tb\r\nÄ日本🐘'), 'a\tb\nÄ日本🐘')
  })

  it('gives no commands to the runner of a CI job', () => {
    const text = 'select 1\n::set-output name=x::y\n  ::add-mask::z\nx ##[group]y\na::b'
    assert.equal(cleanText(text), text)
    process.env['GITHUB_ACTIONS'] = 'true'
    assert.equal(
      cleanText(text),
      'select 1\n: :set-output name=x::y\n  : :add-mask::z\nx ## [group]y\na::b',
    )
  })

  it('is one document in JSON, with the secrets replaced in every string', () => {
    redactWith((text) => text.replaceAll('"', '***'))
    const value = {a: ['x"y', 1, null, true], 'k"': {date: new Date(0)}, none: undefined}
    assert.deepEqual(JSON.parse(cleanJson(value)), {
      a: ['x***y', 1, null, true],
      'k***': {date: '1970-01-01T00:00:00.000Z'},
    })
  })

  it('has nothing in JSON that a terminal obeys, and still says the same', () => {
    const value = {text: '\u001B[31m\u009B1m\u007F\u202E'}
    const json = cleanJson(value)
    assert.match(json, /^[\n -~]+$/)
    assert.deepEqual(JSON.parse(json), value)
  })
})
