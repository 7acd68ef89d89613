import {closest, distance} from 'fastest-levenshtein'
import {textOf, type Token} from './lexer.ts'
import type {Source} from './place.ts'
import type {Comment} from './scan.ts'
import {sourceError} from './source-error.ts'

/** What the comments at the top of a script ask for. */
export interface Directives {
  /** Where `-- squizzle: no-transaction` stands: a byte offset. */
  readonly noTransaction?: number
  /** As PostgreSQL writes a time: `30s`. */
  readonly lockTimeout?: string
  readonly statementTimeout?: string
}

const names = ['no-transaction', 'lock-timeout', 'statement-timeout'] as const
type Name = (typeof names)[number]

/**
 * Reads the directives of a script: in the comments above its first statement, one on each line,
 *
 *     -- squizzle: lock-timeout=30s
 *
 * What only resembles a directive is refused (`SOURCE_INVALID`), since passing it over would run
 * the script in another way than its author reads it.
 */
export function readDirectives(source: Source, comments: readonly Comment[]): Directives {
  const found = new Map<Name, {value: string; at: number}>()
  for (const {token, leading} of comments) {
    const text = textOf(source.bytes, token)
    if (token.kind === 'block-comment') {
      refuseInBlock(source, token, text)
      continue
    }
    if (!isAddressed(text)) continue
    const {name, value} = parseDirective(source, token, text)
    const fail = failAt(source, token)
    if (!leading) {
      throw fail(
        `directive "${name}" stands after the first statement`,
        'move it above the first statement of the script',
      )
    }
    if (found.has(name)) throw fail(`directive "${name}" is given twice`, 'keep one of them')
    found.set(name, {value, at: token.start})
  }
  const noTransaction = found.get('no-transaction')
  const lockTimeout = found.get('lock-timeout')?.value
  const statementTimeout = found.get('statement-timeout')?.value
  return {
    ...(noTransaction === undefined ? {} : {noTransaction: noTransaction.at}),
    ...(lockTimeout === undefined ? {} : {lockTimeout}),
    ...(statementTimeout === undefined ? {} : {statementTimeout}),
  }
}

const failAt = (source: Source, token: Token) => (what: string, hint: string) =>
  sourceError(source, token.start, what, hint)

/** A colon, and the characters that look like one; a fullwidth one is a colon after NFKC. */
const colon = '[:\u02f8\ua789\u2236]'
const calls = new RegExp(`^[-\\s*]*(\\p{L}+)\\s*${colon}`, 'u')
const callsWithoutColon = new RegExp(`^[-\\s*]*squizzle\\s+(?:${names.join('|')})\\b`, 'iu')

/** Whether a comment calls squizzle, be it misspelt or with letters that only look like Latin ones. */
function isAddressed(comment: string): boolean {
  const text = comment.normalize('NFKC').replaceAll(/\p{Cf}/gu, '')
  if (callsWithoutColon.test(text)) return true
  const word = calls.exec(text)?.[1]
  // Two letters off is a slip; no English word is as near.
  return word !== undefined && distance(word.toLowerCase(), 'squizzle') <= 2
}

/** Whether a comment speaks to squizzle: the others need not be kept. */
export function addressesSquizzle(bytes: Uint8Array, token: Token): boolean {
  const text = textOf(bytes, token)
  return token.kind === 'block-comment' ? linesOf(text).some(isAddressed) : isAddressed(text)
}

function linesOf(block: string): string[] {
  return block.slice('/*'.length).split(/[\r\n]/)
}

function refuseInBlock(source: Source, token: Token, text: string): void {
  if (!linesOf(text).some(isAddressed)) return
  throw failAt(source, token)(
    'directive inside a block comment',
    `write it on a line of its own, such as "-- squizzle: ${names[0]}", or take it out`,
  )
}

function parseDirective(source: Source, token: Token, text: string): {name: Name; value: string} {
  const fail = failAt(source, token)
  const body = /^--[ \t]+squizzle:[ \t]+(\S.*)$/.exec(text)?.[1]?.trimEnd()
  if (body === undefined) {
    throw fail(
      'this looks like a directive and is none',
      `write it exactly so: "-- squizzle: ${names[0]}"`,
    )
  }
  if (/[\s,]/.test(body)) {
    throw fail(
      `"${body}" is not one directive`,
      'write one directive on each line, without blanks, and remarks on lines of their own',
    )
  }
  const [, written = '', value] = /^([^=]*)(?:=(.*))?$/.exec(body) ?? []
  const name = names.find((known) => known === written)
  if (name === undefined) {
    throw fail(
      `unknown directive "${written}"`,
      `did you mean "${closest(written, [...names])}"? The directives are ${names.join(', ')}`,
    )
  }
  if (name === 'no-transaction') {
    if (value === undefined) return {name, value: ''}
    throw fail(`directive "${name}" takes no value`, `write "-- squizzle: ${name}"`)
  }
  if (value === undefined || !isTime(value)) {
    throw fail(
      `directive "${name}" needs a time`,
      `write a whole number with its unit (ms, s, min, h or d), such as "-- squizzle: ${name}=30s"`,
    )
  }
  return {name, value}
}

const milliseconds = new Map([
  ['ms', 1],
  ['s', 1000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** PostgreSQL keeps the timeouts in milliseconds, in 32 bits with a sign. 0 means none. */
const longest = 2 ** 31 - 1

/** PostgreSQL takes a bare number as milliseconds, readers as seconds: so a unit is asked for. */
function isTime(value: string): boolean {
  if (value === '0') return true
  const [, count, unit = ''] = /^(\d+)([a-z]+)$/.exec(value) ?? []
  const factor = milliseconds.get(unit)
  return factor !== undefined && Number(count) * factor <= longest
}
