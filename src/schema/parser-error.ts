import {SquizzleError} from '../errors.ts'
import type {Unparsed} from './parser.ts'
import {byteOffset, type Source} from './place.ts'
import {psqlVariableError} from './psql.ts'
import {sourceError} from './source-error.ts'

/** For a script that the parser refused, or had not the room for. */
export function parserError(source: Source, parsed: Unparsed): SquizzleError {
  if ('exhausted' in parsed) {
    const {file} = source
    return new SquizzleError('TOO_LARGE', `a statement of ${file} is too large to be parsed`, {
      hint: 'Write it as several statements, or with fewer nested expressions.',
      details: {file},
      cause: parsed.exhausted,
    })
  }
  const offset = Math.min(byteOffset(source.bytes, parsed.character), endOfText(source.bytes))
  return (
    psqlVariableError(source, offset) ??
    sourceError(
      source,
      offset,
      parsed.refusal,
      'correct the SQL; if only your server knows this grammar, build with --no-parse',
    )
  )
}

/** An error at the end is shown behind the last word, not in an empty line. */
function endOfText(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte > 0x20) + 1
}
