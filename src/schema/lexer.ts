/**
 * Enough of PostgreSQL's lexical rules to tell comments, quoted text and the rest apart, also in
 * what its parser refuses: psql's commands, COPY data, SQL for another server.
 *
 * It works on UTF-8 bytes, as PostgreSQL's own lexer does: all that it decides by is ASCII, and
 * every byte above is a letter to it. Strings are read as with `standard_conforming_strings = on`.
 */
export type TokenKind =
  | 'line-comment'
  | 'block-comment'
  | 'word'
  | 'number'
  | 'string'
  | 'quoted-name'
  | 'symbol'

export interface Token {
  readonly kind: TokenKind
  /** Byte offsets: of the first byte, and after the last one. */
  readonly start: number
  readonly end: number
}

const code = (character: string): number => character.charCodeAt(0)

const newline = code('\n')
const carriageReturn = code('\r')
const apostrophe = code("'")
const quotationMark = code('"')
const backslash = code('\\')
const dollar = code('$')
const dash = code('-')
const slash = code('/')
const star = code('*')

/** One bit for each class that a byte can belong to. */
const blank = 1
const letter = 2
const digit = 4
const classes = Uint8Array.from({length: 256}, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (/[ \t\n\r\f\v]/.test(character)) return blank
  if (/[0-9]/.test(character)) return digit
  return byte >= 0x80 || /[A-Za-z_]/.test(character) ? letter : 0
})

const is = (byte: number | undefined, wanted: number): boolean =>
  byte !== undefined && ((classes[byte] ?? 0) & wanted) !== 0

const isLineEnd = (byte: number | undefined): boolean => byte === newline || byte === carriageReturn

/**
 * The tokens of a script, without the blanks between them. What is not ended, ends with the script.
 * @param start where SQL begins, in bytes.
 */
export function* tokens(bytes: Uint8Array, start = 0): Generator<Token, void, undefined> {
  /** An E'' string may go on in the next line's '': 1 after its end, 2 once a line end was seen. */
  let continuation = 0
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at]
    if (is(byte, blank)) {
      if (continuation > 0 && isLineEnd(byte)) continuation = 2
      at += 1
      continue
    }
    const escapes = startsEscapeString(bytes, at) || (byte === apostrophe && continuation === 2)
    const token = escapes ? escapeString(bytes, at) : tokenAt(bytes, at)
    if (escapes) continuation = 1
    else if (token.kind !== 'line-comment') continuation = 0
    yield token
    at = token.end
  }
}

/** The text of a token: for short ones, and comments. */
export function textOf(bytes: Uint8Array, token: Token): string {
  return new TextDecoder().decode(bytes.subarray(token.start, token.end))
}

export function isComment(token: Token): boolean {
  return token.kind === 'line-comment' || token.kind === 'block-comment'
}

function tokenAt(bytes: Uint8Array, start: number): Token {
  const byte = bytes[start]
  const next = bytes[start + 1]
  const token = (kind: TokenKind, end: number): Token => ({kind, start, end})
  if (byte === dash && next === dash) return token('line-comment', endOfLine(bytes, start))
  if (byte === slash && next === star) return token('block-comment', endOfBlock(bytes, start))
  if (byte === apostrophe) return token('string', endOfQuoted(bytes, start, apostrophe))
  if (byte === quotationMark) return token('quoted-name', endOfQuoted(bytes, start, quotationMark))
  if (byte === dollar) {
    const end = endOfDollarString(bytes, start)
    if (end !== undefined) return token('string', end)
    // With the digits of a parameter, lest they and what follows are read as a number.
    return token('symbol', endWhile(bytes, start + 1, digit))
  }
  if (is(byte, letter)) return token('word', endOfWord(bytes, start))
  if (is(byte, digit)) return token('number', endWhile(bytes, start, letter | digit))
  return token('symbol', start + 1)
}

function startsEscapeString(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] === code('E') || bytes[at] === code('e')) && bytes[at + 1] === apostrophe
}

function escapeString(bytes: Uint8Array, start: number): Token {
  let at = bytes.indexOf(apostrophe, start) + 1
  while (at < bytes.length) {
    if (bytes[at] === backslash) at += 2
    else if (bytes[at] !== apostrophe) at += 1
    else if (bytes[at + 1] === apostrophe) at += 2
    else return {kind: 'string', start, end: at + 1}
  }
  return {kind: 'string', start, end: bytes.length}
}

function endOfLine(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && !isLineEnd(bytes[at])) at += 1
  return at
}

function endOfBlock(bytes: Uint8Array, start: number): number {
  let depth = 1
  let at = start + 2
  while (at < bytes.length) {
    const next = bytes[at + 1]
    if (bytes[at] === slash && next === star) {
      depth += 1
      at += 2
    } else if (bytes[at] === star && next === slash) {
      depth -= 1
      at += 2
      if (depth === 0) return at
    } else at += 1
  }
  return bytes.length
}

/** Up to the quote that is not doubled. */
function endOfQuoted(bytes: Uint8Array, start: number, quote: number): number {
  let at = start + 1
  for (;;) {
    const close = bytes.indexOf(quote, at)
    if (close === -1) return bytes.length
    if (bytes[close + 1] !== quote) return close + 1
    at = close + 2
  }
}

/** Undefined where the dollar sign begins no quote: a parameter, or a stray one. */
function endOfDollarString(bytes: Uint8Array, start: number): number | undefined {
  const tagged = is(bytes[start + 1], letter)
  const tagEnd = tagged ? endWhile(bytes, start + 1, letter | digit) : start + 1
  if (bytes[tagEnd] !== dollar) return undefined
  const quote = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const delimiter = quote.subarray(start, tagEnd + 1)
  const close = quote.indexOf(delimiter, tagEnd + 1)
  return close === -1 ? bytes.length : close + delimiter.length
}

function endOfWord(bytes: Uint8Array, start: number): number {
  let at = start
  while (is(bytes[at], letter | digit) || bytes[at] === dollar) at += 1
  return at
}

function endWhile(bytes: Uint8Array, start: number, wanted: number): number {
  let at = start
  while (is(bytes[at], wanted)) at += 1
  return at
}
