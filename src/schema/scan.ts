import {copyDataAfter, type CopyData} from './copy-data.ts'
import {addressesSquizzle} from './directives.ts'
import {isComment, tokens, type Token} from './lexer.ts'
import type {Source} from './place.ts'
import {psqlCommandError, skippedLine} from './psql.ts'
import {StatementWalk} from './statement-walk.ts'

/** A comment, and whether it stands before the first word of SQL. */
export interface Comment {
  readonly token: Token
  readonly leading: boolean
}

/** A range of bytes. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** SQL between two borders; with `data`, one COPY whose rows follow behind it. */
export interface Piece extends Span {
  readonly data?: CopyData
}

/** What a script is made of, as far as a lexer can tell. */
export interface Scan {
  /** Those that speak to squizzle. */
  readonly comments: readonly Comment[]
  /** All SQL there is, in order, each piece of whole statements. */
  readonly pieces: readonly Piece[]
  /** Lines that psql obeys and no server needs. */
  readonly skipped: readonly Span[]
}

/**
 * Walks through a script once. Cuts it at COPY data, and where it is longer than `size` at the last
 * candidate border before: a semicolon that ends a statement as far as a lexer can tell. That is no
 * word on what is SQL: a statement cut in two, the parser refuses.
 *
 * Throws `SOURCE_INVALID` for psql's commands and for COPY data without an end: behind those,
 * comments and SQL can no longer be told apart.
 *
 * @param size of a piece at most, in bytes, unless one statement is longer.
 */
export function scanScript(source: Source, size: number): Scan {
  const {bytes} = source
  const comments: Comment[] = []
  const pieces: Piece[] = []
  const skipped: Span[] = []
  let leading = true
  /** Where the SQL begins that is in no piece yet. */
  let start = 0
  /** Of the statement at hand. */
  let from = 0
  const walk = new StatementWalk(bytes)
  const cut = (end: number, data?: CopyData) => {
    if (end > start) pieces.push({start, end, ...(data && {data})})
    start = end
  }
  const border = (end: number) => {
    if (end - start > size) cut(from)
    from = end
  }
  for (let at = 0; at < bytes.length;) {
    let next = bytes.length
    for (const token of tokens(bytes, at)) {
      if (isComment(token)) {
        if (addressesSquizzle(bytes, token)) comments.push({token, leading})
        continue
      }
      leading = false
      if (bytes[token.start] === backslash) {
        const line = walk.isEmpty ? skippedLine(bytes, token.start) : undefined
        if (line === undefined) throw psqlCommandError(source, token.start)
        skipped.push(line)
        next = line.end
        break
      }
      if (!walk.add(token)) continue
      const copy = walk.copyFromStdin
      walk.reset()
      if (copy === undefined) {
        border(token.end)
        continue
      }
      cut(from)
      const data = copyDataAfter(source, copy, token.end)
      cut(data.start, data)
      next = start = from = data.next
      break
    }
    at = next
  }
  if (walk.copyFromStdin !== undefined) {
    // throws: no line is left in which rows could begin
    copyDataAfter(source, walk.copyFromStdin, bytes.length)
  }
  border(bytes.length)
  cut(bytes.length)
  return {comments, pieces, skipped}
}

const backslash = '\\'.charCodeAt(0)

/** A script without the lines that psql alone obeys: what is packed of a dump. @throws as `scanScript` does */
export function withoutSkippedLines(source: Source): Uint8Array {
  return blankOut(source.bytes, scanScript(source, Infinity).skipped)
}

/** A copy with blanks in place of these ranges, so that lines and columns stay; the bytes themselves where there are none. */
export function blankOut(bytes: Uint8Array, spans: readonly Span[]): Uint8Array {
  if (spans.length === 0) return bytes
  // not slice(), which of a Buffer is the same memory
  const result = new Uint8Array(bytes)
  for (const {start, end} of spans) result.fill(0x20, start, end)
  return result
}

/** Where a piece's first word stands, behind the comments above it. */
export function firstWordOf(bytes: Uint8Array, {start, end}: Span): number {
  for (const token of tokens(bytes.subarray(0, end), start)) {
    if (!isComment(token)) return token.start
  }
  return start
}

/** All tokens but comments between two borders. */
export function sqlWithin(bytes: Uint8Array, start: number, end: number): Span[] {
  const found: Span[] = []
  for (const token of tokens(bytes.subarray(0, end), start)) {
    if (!isComment(token)) found.push({start: token.start, end: token.end})
  }
  return found
}
