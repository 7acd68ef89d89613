import type {Comment} from './directives.ts'
import {isComment, textOf, tokens, type Token} from './lexer.ts'
import type {Source} from './place.ts'
import {copyDataError, psqlCommandError} from './psql.ts'

/** What the lexer alone tells of a script. */
export interface Outline {
  readonly comments: readonly Comment[]
  /** Whether there is anything but comments, blanks and semicolons. */
  readonly hasSql: boolean
}

/**
 * Reads a script as far as the parser need not be asked. Throws `SOURCE_INVALID` for what only psql
 * understands, its commands and COPY data: after those, nothing further can be told apart.
 */
export function outlineOf(source: Source): Outline {
  const {bytes} = source
  const comments: Comment[] = []
  const copy = copyFromStdin(bytes)
  let hasSql = false
  let leading = true
  for (const token of tokens(bytes)) {
    if (isComment(token)) {
      comments.push({token, leading})
      continue
    }
    leading = false
    if (isSymbol(bytes, token, '\\')) throw psqlCommandError(source, token.start)
    const copyStart = copy(token)
    if (copyStart !== undefined) throw copyDataError(source, copyStart)
    hasSql ||= !isSymbol(bytes, token, ';')
  }
  return {comments, hasSql}
}

function isSymbol(bytes: Uint8Array, token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && bytes[token.start] === symbol.charCodeAt(0)
}

/**
 * Told each token of a script in turn, gives the start of a `COPY ... FROM stdin` at its last word.
 * STDOUT too: PostgreSQL's grammar takes either in either direction.
 */
function copyFromStdin(bytes: Uint8Array): (token: Token) => number | undefined {
  let start: number | undefined
  let isFirst = true
  let isCopy = false
  let depth = 0
  let afterFrom = false
  return (token) => {
    if (isSymbol(bytes, token, ';')) {
      isFirst = true
      return undefined
    }
    const word = token.kind === 'word' && token.end - token.start <= 6 ? lower(bytes, token) : ''
    if (isFirst) {
      isFirst = false
      isCopy = word === 'copy'
      start = token.start
      depth = 0
      afterFrom = false
    }
    if (!isCopy) return undefined
    if (isSymbol(bytes, token, '(')) depth += 1
    else if (isSymbol(bytes, token, ')')) depth -= 1
    if (afterFrom && (word === 'stdin' || word === 'stdout')) return start
    afterFrom = depth === 0 && word === 'from'
    return undefined
  }
}

function lower(bytes: Uint8Array, token: Token): string {
  return textOf(bytes, token).toLowerCase()
}
