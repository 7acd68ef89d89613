import {excerpt, placeOf} from './excerpt.ts'
import type {Place} from './excerpt.ts'
import {findStatements} from './statements.ts'

/** Where in a file a statement failed. */
export interface Location extends Place {
  /** Number of the statement, from 1. */
  readonly statement: number
  /** Its lines, numbered, with a caret where PostgreSQL named a position. */
  readonly excerpt: string
}

/** A range of a script, in bytes: whole statements. */
export interface Range {
  readonly at: number
  readonly end: number
}

/**
 * Where something failed in a script. Looks at no more of it at once than a batch: it may have 100 MB.
 * @param bytes the whole script
 * @param batches in which it was sent, up to the one that failed
 * @param offset in the last of them, in UTF-16 units, where PostgreSQL named a position
 * @param statement number in it, from 0, where it named none
 * @returns undefined where all statements were done: what failed came after them
 */
export function locate(
  bytes: Uint8Array,
  batches: readonly Range[],
  offset: number | undefined,
  statement: number,
): Location | undefined {
  const batch = batches.at(-1)
  if (batch === undefined) return undefined
  const {text, before, line: firstLine} = linesOf(bytes, batch)
  const ranges = findStatements(text.slice(before)).map(({start, end}) => ({
    start: before + start,
    end: before + end,
  }))
  const index =
    offset === undefined
      ? statement
      : Math.max(
          0,
          ranges.findLastIndex(({start}) => start <= before + offset),
        )
  const range = ranges[index]
  if (range === undefined) return undefined
  const at = offset === undefined ? range.start : before + offset
  const {line, column} = placeOf(text, at)
  return {
    line: firstLine + line - 1,
    column,
    statement: countStatements(bytes, batches.slice(0, -1)) + index + 1,
    excerpt: excerpt(text, range, at, {caret: offset !== undefined, firstLine}),
  }
}

/** The text of a range with the beginning of its first line, which belongs to what is before. */
function linesOf(bytes: Uint8Array, {at, end}: Range) {
  const lineStart = at === 0 ? 0 : bytes.lastIndexOf(newline, at - 1) + 1
  return {
    text: decode(bytes, lineStart, end),
    before: decode(bytes, lineStart, at).length,
    line: lineAt(bytes, lineStart),
  }
}

/** The line, from 1, that a byte stands in. */
export function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (
    let at = bytes.indexOf(newline);
    at >= 0 && at < offset;
    at = bytes.indexOf(newline, at + 1)
  ) {
    line += 1
  }
  return line
}

export function countStatements(bytes: Uint8Array, batches: readonly Range[]): number {
  return batches.reduce((sum, {at, end}) => sum + findStatements(decode(bytes, at, end)).length, 0)
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end))
}

const decoder = new TextDecoder('utf-8', {ignoreBOM: true})
const newline = 0x0a
