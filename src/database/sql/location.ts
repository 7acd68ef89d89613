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

/**
 * Where something failed in a script.
 * @param bytes the whole script
 * @param at where the batch that was sent starts, in bytes
 * @param offset in the batch, in UTF-16 units, where PostgreSQL named a position
 * @param statement number in the batch, from 0, where it named none
 * @returns undefined where all statements were done: what failed came after them
 */
export function locate(
  bytes: Uint8Array,
  at: number,
  offset: number | undefined,
  statement: number,
): Location | undefined {
  const decoder = new TextDecoder('utf-8', {ignoreBOM: true})
  const before = decoder.decode(bytes.subarray(0, at)).length
  const text = decoder.decode(bytes)
  const ranges = findStatements(text)
  const first = ranges.findIndex(({start}) => start >= before)
  const index =
    offset === undefined
      ? first + statement
      : Math.max(
          0,
          ranges.findLastIndex(({start}) => start <= before + offset),
        )
  const range = first < 0 && offset === undefined ? undefined : ranges[index]
  if (range === undefined) return undefined
  const place = offset === undefined ? range.start : before + offset
  return {
    ...placeOf(text, place),
    statement: index + 1,
    excerpt: excerpt(text, range, place, offset !== undefined),
  }
}
