import {SquizzleError} from '../errors.ts'
import {excerptAt} from './excerpt.ts'
import {placeAt, type Source} from './place.ts'

/** A `SOURCE_INVALID` that points at a byte: `file:line:column: what`, with the line and a caret as excerpt. */
export function sourceError(
  source: Source,
  offset: number,
  what: string,
  hint: string,
): SquizzleError {
  const {line, column} = placeAt(source, offset)
  const {file} = source
  return new SquizzleError('SOURCE_INVALID', `${file}:${line}:${column}: ${what}`, {
    hint: asSentence(hint),
    details: {file, line, column, excerpt: excerptAt(source, offset)},
  })
}

/** What to do, as it is shown below an error: rules say it in a few words. */
export function asSentence(hint: string): string {
  return `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`
}
