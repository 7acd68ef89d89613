import {isUtf8} from 'node:buffer'
import type {Refuse} from './bytes.ts'
import {isTooComplex} from './json-size.ts'

/**
 * A JSON document as squizzle writes it: compact, each key once. Another form could mean one thing here and another to
 * the next reader: of two equal keys one takes the first and one the last, of a large number only some take all digits.
 */
export function parseDocument(bytes: Buffer, refuse: Refuse): unknown {
  if (isTooComplex(bytes)) throw refuse('it has too many parts')
  const text = bytes.toString('utf8')
  let json: unknown
  let written: string
  try {
    json = JSON.parse(text)
    written = JSON.stringify(json)
  } catch (error) {
    throw refuse('it is not JSON', error)
  }
  if (text.includes('"__proto__":')) throw refuse('it has a key __proto__')
  if (written !== text || !isUtf8(bytes)) throw refuse('it is not written as squizzle writes JSON')
  return json
}
