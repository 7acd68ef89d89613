import {SquizzleError} from '../errors.ts'
import {excerptAt} from './excerpt.ts'
import {placeAt, type Source} from './place.ts'

/** A `SOURCE_INVALID` that points at a byte: first line `file:line:column: what`, then the excerpt. */
export function sourceError(
  source: Source,
  offset: number,
  what: string,
  hint: string,
): SquizzleError {
  const {line, column} = placeAt(source, offset)
  const {file} = source
  return new SquizzleError(
    'SOURCE_INVALID',
    `${file}:${line}:${column}: ${what}\n${excerptAt(source, offset)}`,
    {hint, details: {file, line, column}},
  )
}
