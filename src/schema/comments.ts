import {isComment, textOf, tokens, type Token} from './lexer.ts'
import type {Source} from './place.ts'
import {copyDataError, psqlCommandError} from './psql.ts'

/** A comment, and whether it stands before the first word of SQL. */
export interface Comment {
  readonly token: Token
  readonly leading: boolean
}

/**
 * The comments of a script. Throws `SOURCE_INVALID` for what only psql understands, its commands and
 * COPY data: behind those, comments and SQL can no longer be told apart.
 */
export function commentsOf(source: Source): readonly Comment[] {
  const {bytes} = source
  const comments: Comment[] = []
  let leading = true
  let statement: Token[] = []
  for (const token of tokens(bytes)) {
    if (isComment(token)) {
      comments.push({token, leading})
      continue
    }
    leading = false
    if (isSymbol(bytes, token, '\\')) throw psqlCommandError(source, token.start)
    if (isSymbol(bytes, token, ';')) {
      statement = []
      continue
    }
    const [first = token] = statement
    if (!isWord(bytes, first, 'copy')) {
      statement = [first]
      continue
    }
    statement.push(token)
    if (readsStdin(bytes, statement)) throw copyDataError(source, first.start)
  }
  return comments
}

/**
 * Whether a COPY, up to its newest token, ends with `FROM stdin`, outside of a query in parentheses.
 * Or with `FROM stdout`: PostgreSQL's grammar takes either in either direction.
 */
function readsStdin(bytes: Uint8Array, copy: readonly Token[]): boolean {
  const [from, target] = copy.slice(-2)
  if (from === undefined || target === undefined || !isWord(bytes, from, 'from')) return false
  if (!isWord(bytes, target, 'stdin') && !isWord(bytes, target, 'stdout')) return false
  const count = (symbol: string) => copy.filter((token) => isSymbol(bytes, token, symbol)).length
  return count('(') === count(')')
}

function isSymbol(bytes: Uint8Array, {kind, start}: Token, symbol: string): boolean {
  return kind === 'symbol' && bytes[start] === symbol.charCodeAt(0)
}

/** @param word in lower case. */
function isWord(bytes: Uint8Array, token: Token, word: string): boolean {
  const {kind, start, end} = token
  return (
    kind === 'word' && end - start === word.length && textOf(bytes, token).toLowerCase() === word
  )
}
