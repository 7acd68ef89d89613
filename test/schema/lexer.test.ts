import assert from 'node:assert/strict'
import {loadModule, scanSync, type ScanToken} from 'libpg-query'
import {tokens} from '../../src/schema/lexer.ts'

interface Span {
  readonly start: number
  readonly end: number
}

/** What of a text is a comment, and what is quoted. */
interface Division {
  readonly comments: readonly Span[]
  readonly quoted: readonly Span[]
}

function ours(bytes: Uint8Array): Division {
  const spans = (...kinds: string[]): Span[] =>
    [...tokens(bytes)]
      .filter(({kind}) => kinds.includes(kind))
      .map(({start, end}) => ({start, end}))
  return {
    comments: spans('line-comment', 'block-comment'),
    quoted: joined(spans('string', 'quoted-name')),
  }
}

/** By PostgreSQL's own lexer; undefined where it refuses the text. */
function theirs(sql: string): Division | undefined {
  let scanned: ScanToken[]
  try {
    scanned = scanSync(sql).tokens
  } catch {
    return undefined
  }
  return {
    comments: scanned
      .filter(({tokenName}) => tokenName.endsWith('_COMMENT'))
      .map(({start, end}) => ({start, end})),
    quoted: joined(scanned.flatMap(quotedPart)),
  }
}

function quotedPart({start, end, text}: ScanToken): Span[] {
  if (/^(?:[eE]?'|"|\$[^\d$]*\$)/.test(text)) return [{start, end}]
  // Other letters before a quote are a word to our lexer: only E changes what ends the quote.
  const isPrefixed = /^(?:[bBxXnN]|[uU]&)['"]/.test(text)
  return isPrefixed ? [{start: start + text.search(/['"]/), end}] : []
}

/** Quotes that touch are one: in B'0''1' there are two, in '0''1' one, and nothing hangs on it. */
function joined(quotes: readonly Span[]): Span[] {
  return quotes.reduce<Span[]>((all, {start, end}) => {
    const last = all.at(-1)
    if (last?.end !== start) return [...all, {start, end}]
    return [...all.slice(0, -1), {start: last.start, end}]
  }, [])
}

const quotes = ["'", "''", "E'", "e'", "U&'", "B'", "N'", 'xe', '"', '""', 'U&"', "\\'", '\\\\']
const dollars = ['$$', '$a$', '$b$', '$é$', '$', '$1', 'a$$', '1$$']
const comments = ['--', '-', '-- x', '/*', '*/', '/', '*', '/**', '**/', 'squizzle:']
const blanks = [' ', '\t', '\n', '\r', '\n\n', '\f', '\v']
const others = [
  '\\',
  '1',
  '2.5',
  'a',
  'é',
  '😀',
  ';',
  '(',
  ')',
  '+',
  '<>',
  ',',
  '.',
  '::',
  'select',
]
const fragments = [...quotes, ...dollars, ...comments, ...blanks, ...others]

/** Texts of random fragments, by a generator of their own, so that a failure is the same in each run. */
function* texts(count: number, seed: number): Generator<string> {
  let state = seed
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let index = 0; index < count; index += 1) {
    const length = 1 + next(14)
    yield Array.from({length}, () => fragments[next(fragments.length)]).join('')
  }
}

describe('the lexer', () => {
  before(() => loadModule())

  it('agrees with PostgreSQL on what is a comment and what is quoted', () => {
    let compared = 0
    for (const sql of texts(40_000, 20_240_115)) {
      const expected = theirs(sql)
      if (expected === undefined) continue
      compared += 1
      const found = ours(Buffer.from(sql))
      const context = JSON.stringify(sql)
      // A string that goes on in the next line is one token there, with the comments in between.
      for (const {start, end} of expected.quoted) {
        assert.ok(
          found.quoted.some((quote) => quote.start === start),
          `a start in ${context}`,
        )
        assert.ok(
          found.quoted.some((quote) => quote.end === end),
          `an end in ${context}`,
        )
      }
      const isQuoted = ({start, end}: Span): boolean =>
        expected.quoted.some((quote) => quote.start <= start && end <= quote.end)
      assert.ok(found.quoted.every(isQuoted), `quotes of ${context}`)
      const outside = found.comments.filter((comment) => !isQuoted(comment))
      assert.deepEqual(outside, expected.comments, context)
    }
    assert.ok(compared > 10_000, `only ${compared} texts were comparable`)
  })

  it('leaves only blanks between tokens, which never overlap', () => {
    for (const sql of texts(5_000, 7)) {
      const bytes = Buffer.from(sql)
      let end = 0
      for (const token of tokens(bytes)) {
        assert.match(bytes.subarray(end, token.start).toString(), /^[ \t\n\r\f\v]*$/)
        assert.ok(token.end > token.start)
        end = token.end
      }
      assert.match(bytes.subarray(end).toString(), /^[ \t\n\r\f\v]*$/)
      assert.ok(end <= bytes.length, JSON.stringify(sql))
    }
  })

  for (const open of ["'abc", "E'abc\\", "E'\\'", '"abc', '$$abc', '$a$ $$', '/* /* */', '--']) {
    it(`ends what is left open with the script: ${open}`, () => {
      const found = [...tokens(Buffer.from(`x ${open}`))]
      assert.equal(found.length, 2)
      assert.equal(found[1]?.end, 2 + open.length)
    })
  }
})
