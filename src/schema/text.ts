import {isUtf8} from 'node:buffer'
import {SquizzleError} from '../errors.ts'
import type {Source} from './place.ts'
import {sourceError} from './source-error.ts'

/** Throws `SOURCE_INVALID` for a NUL or what is not UTF-8. Makes no text of it: it may have 100 MB. */
export function refuseBinary(source: Source): void {
  const {file, bytes} = source
  // The parser would take a NUL for the end and pass over what follows.
  const nul = bytes.indexOf(0)
  if (nul !== -1) throw sourceError(source, nul, 'a NUL byte cannot be in SQL', 'take it out')
  if (isUtf8(bytes)) return
  throw new SquizzleError('SOURCE_INVALID', `${file} is not UTF-8`, {
    hint: 'Save it as UTF-8.',
    details: {file},
  })
}
