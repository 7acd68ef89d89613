import {excerpt} from './excerpt.ts'
import {countStatements, lineAt} from './location.ts'
import type {Location, Range} from './location.ts'

/** Rows shown before and after the one in question. */
const around = 2

/**
 * Where the row of a COPY stands that PostgreSQL refused.
 * @param where its context: `COPY orders, line 3, column id: "x"`, in the server's language
 * @param batches in which the script was sent, up to that COPY
 * @param rows where its rows stand in the script, in bytes
 * @returns undefined where the context names no row: what failed is about all of them
 */
export function locateCopyRow(
  bytes: Uint8Array,
  where: string | undefined,
  batches: readonly Range[],
  rows: {readonly start: number; readonly end: number},
): Location | undefined {
  const number = rowNumber(where)
  const batch = batches.at(-1)
  if (number === undefined || batch === undefined) return undefined
  const isCsv = /\bcsv\b/i.test(Buffer.from(bytes.subarray(batch.at, batch.end)).toString())
  const start = startOfRow(bytes, rows, number, isCsv)
  if (start === undefined) return undefined
  const from = back(bytes, rows.start, start)
  const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(
    bytes.subarray(from, forth(bytes, start, rows.end)),
  )
  const offset = new TextDecoder().decode(bytes.subarray(from, start)).length
  return {
    line: lineAt(bytes, start),
    column: 1,
    statement: countStatements(bytes, batches),
    excerpt: excerpt(text, {start: 0, end: text.trimEnd().length}, offset, {
      caret: false,
      firstLine: lineAt(bytes, from),
    }),
  }
}

/** Of the outermost COPY: a trigger may have run another one. */
function rowNumber(where: string | undefined): number | undefined {
  const context = where?.split('\n').findLast((line) => line.startsWith('COPY '))
  const [, number] = /^COPY .*?, \D*?(\d+)/.exec(context ?? '') ?? []
  return number === undefined ? undefined : Number(number)
}

/** PostgreSQL counts as its reader does: outside of CSV a backslash at the end of a line goes on in the next. */
function startOfRow(
  bytes: Uint8Array,
  rows: {readonly start: number; readonly end: number},
  number: number,
  isCsv: boolean,
): number | undefined {
  let start = rows.start
  for (let left = number - 1, at = start; left > 0;) {
    const lineEnd = bytes.indexOf(newline, at)
    if (lineEnd === -1 || lineEnd >= rows.end) return undefined
    at = lineEnd + 1
    if (!isCsv && isEscaped(bytes, lineEnd)) continue
    start = at
    left -= 1
  }
  return start < rows.end ? start : undefined
}

function isEscaped(bytes: Uint8Array, offset: number): boolean {
  let backslashes = 0
  while (bytes[offset - 1 - backslashes] === backslash) backslashes += 1
  return backslashes % 2 === 1
}

/** Start of the line that is a few before the one that begins here. */
function back(bytes: Uint8Array, first: number, start: number): number {
  let at = start
  for (let left = around; left > 0 && at > first; left -= 1) {
    at = Math.max(first, bytes.lastIndexOf(newline, at - 2) + 1)
  }
  return at
}

/** End of the line that is a few after the one that begins here. */
function forth(bytes: Uint8Array, start: number, last: number): number {
  let at = start
  for (let left = around + 1; left > 0 && at < last; left -= 1) {
    const lineEnd = bytes.indexOf(newline, at)
    at = lineEnd === -1 ? last : Math.min(last, lineEnd + 1)
  }
  return at
}

const newline = 0x0a
const backslash = 0x5c
