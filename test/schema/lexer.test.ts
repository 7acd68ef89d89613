import assert from 'node:assert/strict'
import {loadModule, scanSync} from 'libpg-query'
import {tokens} from '../../src/schema/lexer.ts'

interface Span {
  readonly start: number
  readonly end: number
}

const spans = (bytes: Uint8Array, ...kinds: string[]): Span[] =>
  [...tokens(bytes)].filter(({kind}) => kinds.includes(kind)).map(({start, end}) => ({start, end}))

/** What PostgreSQL's own lexer finds; undefined where it refuses the text. */
function scanned(sql: string): {comments: Span[]; quotes: Span[]} | undefined {
  let result
  try {
    result = scanSync(sql)
  } catch {
    return undefined
  }
  const comments: Span[] = []
  const quotes: Span[] = []
  for (const {start, end, text, tokenName} of result.tokens) {
    if (tokenName === 'SQL_COMMENT' || tokenName === 'C_COMMENT') comments.push({start, end})
    // Letters before a quote are words to our lexer, but for E, which changes what ends the quote.
    else if (/^(?:[eE]?'|"|\$[^\d$]*\$)/.test(text)) quotes.push({start, end})
    else if (/^(?:[bBxXnN]|[uU]&)['"]/.test(text)) {
      quotes.push({start: start + text.search(/['"]/), end})
    }
  }
  return {comments, quotes: joined(quotes)}
}

/** Quotes that touch are one: in B'0''1' there are two, in '0''1' one, and nothing hangs on it. */
function joined(quotes: readonly Span[]): Span[] {
  return quotes.reduce<Span[]>((all, {start, end}) => {
    const last = all.at(-1)
    if (last?.end !== start) return [...all, {start, end}]
    return [...all.slice(0, -1), {start: last.start, end}]
  }, [])
}

/** A small generator of its own, so that a failure is the same in each run. */
function* randoms(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

const fragments = [
  ...["'", "''", "E'", "e'", "U&'", "B'", "N'", 'xe', '"', '""', 'U&"', '\\', "\\'", '\\\\'],
  ...['$$', '$a$', '$b$', '$é$', '$', '$1', 'a$$', '1$$', '1', '2.5', 'a', 'é', '😀', ' ', '\t'],
  ...['\n', '\r', '\n\n', '--', '-', '-- x', '/*', '*/', '/', '*', '/**', '**/', ';', '(', ')'],
  ...['+', '<>', ',', '.', '::', 'select', 'squizzle:', '\f', '\v'],
]

describe('the lexer', () => {
  before(() => loadModule())

  it('agrees with PostgreSQL on what is a comment and what is quoted', () => {
    const random = randoms(20_240_115)
    const next = (below: number): number => Math.floor(random.next().value * below)
    let compared = 0
    for (let round = 0; round < 40_000; round += 1) {
      const length = 1 + next(14)
      const sql = Array.from({length}, () => fragments[next(fragments.length)]).join('')
      const witness = scanned(sql)
      if (witness === undefined) continue
      compared += 1
      const bytes = Buffer.from(sql)
      const quotes = joined(spans(bytes, 'string', 'quoted-name'))
      const comments = spans(bytes, 'line-comment', 'block-comment')
      const context = JSON.stringify(sql)
      // A string that goes on in the next line is one token there, with the comments in between.
      for (const {start, end} of witness.quotes) {
        assert.ok(
          quotes.some((quote) => quote.start === start),
          `start of a quote in ${context}`,
        )
        assert.ok(
          quotes.some((quote) => quote.end === end),
          `end of a quote in ${context}`,
        )
      }
      const within = ({start, end}: Span): boolean =>
        witness.quotes.some((quote) => quote.start <= start && end <= quote.end)
      assert.ok(quotes.every(within), `quotes of ${context}`)
      assert.deepEqual(
        comments.filter((comment) => !within(comment)),
        witness.comments,
        context,
      )
    }
    assert.ok(compared > 10_000, `only ${compared} texts were comparable`)
  })

  it('leaves only blanks between tokens, which never overlap', () => {
    const random = randoms(7)
    const next = (below: number): number => Math.floor(random.next().value * below)
    for (let round = 0; round < 5_000; round += 1) {
      const length = 1 + next(20)
      const sql = Array.from({length}, () => fragments[next(fragments.length)]).join('')
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
      assert.deepEqual(found.at(1)?.end, 2 + open.length)
      assert.equal(found.length, 2)
    })
  }
})
