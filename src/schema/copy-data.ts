import type {Source} from './place.ts'
import {sourceError} from './source-error.ts'

/** The rows behind a COPY ... FROM stdin: offsets in bytes. */
export interface CopyData {
  readonly start: number
  /** Behind the last row: where the line `\.` begins. */
  readonly end: number
  /** Where SQL goes on: behind the line `\.`. */
  readonly next: number
}

/**
 * Finds the rows of a COPY as psql does: they begin in the line after its semicolon, and end at the
 * first line that is `\.`, also inside the quotes of CSV. Throws `SOURCE_INVALID` where there is no such
 * line, and where something follows in the line of the semicolon: psql would run it after the rows.
 *
 * @param copy where the statement begins.
 * @param end of the statement, its semicolon included.
 */
export function copyDataAfter(source: Source, copy: number, end: number): CopyData {
  const bytes = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.length)
  const lineEnd = bytes.indexOf('\n', end)
  const rest = bytes.subarray(end, lineEnd === -1 ? bytes.length : lineEnd).toString()
  if (!/^[ \t\r\f\v]*(?:--.*)?$/s.test(rest)) {
    const at = end + Buffer.byteLength(/^\s*/.exec(rest)?.[0] ?? '')
    throw sourceError(
      source,
      at,
      'something follows a COPY ... FROM stdin in its line, where its rows must begin in the next',
      'move it behind the rows',
    )
  }
  const start = lineEnd === -1 ? bytes.length : lineEnd + 1
  const terminator = terminatorAfter(bytes, start)
  if (terminator !== undefined) return {start, ...terminator}
  throw sourceError(
    source,
    copy,
    'the rows of this COPY ... FROM stdin have no end',
    'put a line with nothing but \\. behind the last row',
  )
}

function terminatorAfter(bytes: Buffer, start: number) {
  for (let at = start; at < bytes.length;) {
    const mark = bytes.indexOf('\\.', at)
    if (mark === -1) return undefined
    at = mark + 2
    if (mark > start && bytes[mark - 1] !== newline) continue
    const [first, second] = bytes.subarray(at, at + 2)
    if (first === newline || first === undefined)
      return {end: mark, next: Math.min(at + 1, bytes.length)}
    if (first !== carriageReturn) continue
    if (second === newline || second === undefined)
      return {end: mark, next: Math.min(at + 2, bytes.length)}
  }
  return undefined
}

const newline = 0x0a
const carriageReturn = 0x0d
