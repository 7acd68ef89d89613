import {SquizzleError} from '../errors.ts'
import type {Source} from './place.ts'
import {sourceError} from './source-error.ts'

/** The longest script that the parser is given: at 4 MiB it can take 2 GB of memory. */
const limit = 4 * 1024 * 1024

/** The text of a script, byte for byte. Throws `TOO_LARGE`, and `SOURCE_INVALID` for a NUL or what is not UTF-8. */
export function decodeScript(source: Source): string {
  const {file, bytes} = source
  if (bytes.length > limit) {
    throw new SquizzleError('TOO_LARGE', `${file} is above 4 MiB, which is not yet supported`, {
      hint: 'Split it into several migrations.',
      details: {file, size: bytes.length, limit},
    })
  }
  // The parser would take a NUL for the end and pass over what follows.
  const nul = bytes.indexOf(0)
  if (nul !== -1) throw sourceError(source, nul, 'a NUL byte cannot be in SQL', 'take it out')
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch (cause) {
    throw new SquizzleError('SOURCE_INVALID', `${file} is not UTF-8`, {
      hint: 'Save it as UTF-8.',
      details: {file},
      cause,
    })
  }
}
