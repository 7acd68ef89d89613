import {SquizzleError} from '../errors.ts'
import {byteOffset, placeAt, type Source} from './place.ts'
import {psqlVariableError} from './psql.ts'
import {firstWordOf} from './scan.ts'
import {sourceError} from './source-error.ts'
import type {RefusedPiece} from './survey-script.ts'

/** For a script that the parser refused, or had not the room for. */
export function parserError(source: Source, {piece, why}: RefusedPiece): SquizzleError {
  const sql = source.bytes.subarray(piece.start, piece.end)
  if ('exhausted' in why)
    return tooLargeError(source, firstWordOf(source.bytes, piece), why.exhausted)
  const offset = piece.start + Math.min(byteOffset(sql, why.character), endOfText(sql))
  return (
    psqlVariableError(source, offset) ??
    sourceError(
      source,
      offset,
      why.refusal,
      'correct the SQL; if only your server knows this grammar, build with --no-parse',
    )
  )
}

function tooLargeError(source: Source, offset: number, cause: string): SquizzleError {
  const {file} = source
  const {line} = placeAt(source, offset)
  return new SquizzleError('TOO_LARGE', `a statement of ${file} is too large to be parsed`, {
    hint:
      `Write it as several statements, or with fewer nested expressions: it is in line ${line} or below. ` +
      'A quote or parenthesis that is never closed makes one statement of all that follows.',
    details: {file, line},
    cause: new Error(cause),
  })
}

/** An error at the end is shown behind the last word, not in an empty line. */
function endOfText(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte > 0x20) + 1
}
