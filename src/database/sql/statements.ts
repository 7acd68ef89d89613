/** Where a statement stands in a text: UTF-16 units, its final semicolon excluded. */
export interface StatementRange {
  readonly start: number
  readonly end: number
}

/** The tokens in which a semicolon, a parenthesis or a keyword may stand without meaning, and those that mean something. */
const tokens =
  /(?<blank>[\s]+|--[^\n\r]*)|(?<block>\/\*)|(?<quoted>[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'?|'[^']*(?:''[^']*)*'?|"[^"]*"?)|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<mark>[\s\S])/y

/**
 * Finds the statements of a text, as psql does. Only to show people what failed: what is sent is cut
 * where the real parser cut it when the artifact was built.
 */
export function findStatements(text: string): readonly StatementRange[] {
  const ranges: StatementRange[] = []
  let start: number | undefined
  let end = 0
  let parentheses = 0
  let bodies = 0
  let words: string[] = []
  for (let at = 0; at < text.length;) {
    tokens.lastIndex = at
    const groups = tokens.exec(text)?.groups ?? {}
    const next = endOfToken(text, at, groups)
    const [token, word] = [text.slice(at, next), groups['word']?.toLowerCase()]
    if (token === ';' && parentheses === 0 && bodies === 0) {
      if (start !== undefined) ranges.push({start, end})
      start = undefined
      words = []
    } else if (groups['blank'] === undefined && groups['block'] === undefined) {
      start ??= at
      end = next
      if (token === '(') parentheses += 1
      if (token === ')') parentheses = Math.max(0, parentheses - 1)
      if (word !== undefined) {
        bodies = depthAfter(word, words, bodies)
        if (words.length < openingWords || bodies > 0 || word === 'begin') words.push(word)
      }
    }
    at = next
  }
  if (start !== undefined) ranges.push({start, end})
  return ranges
}

/** `CREATE OR REPLACE FUNCTION`: as many words tell whether a body of statements may follow. */
const openingWords = 4

/** Depth of BEGIN ATOMIC ... END, in which semicolons end no statement; CASE ... END may stand inside. */
function depthAfter(word: string, words: readonly string[], depth: number): number {
  if (depth > 0) {
    if (word === 'case') return depth + 1
    return word === 'end' ? depth - 1 : depth
  }
  const routine =
    words[0] === 'create' && words.some((name) => name === 'function' || name === 'procedure')
  return word === 'atomic' && routine && words.at(-1) === 'begin' ? 1 : 0
}

function endOfToken(
  text: string,
  at: number,
  groups: Readonly<Record<string, string | undefined>>,
): number {
  if (groups['block'] !== undefined) return endOfComment(text, at)
  const tag = groups['dollar']
  if (tag === undefined) return tokens.lastIndex
  const close = text.indexOf(tag, at + tag.length)
  return close < 0 ? text.length : close + tag.length
}

/** Comments nest in PostgreSQL. */
function endOfComment(text: string, at: number): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = at
  let depth = 0
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return text.length
}
