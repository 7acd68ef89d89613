import type {ScriptRole} from '../artifact/release.ts'
import type {Source} from './place.ts'
import {firstWordOf, type Piece} from './scan.ts'
import {sourceError} from './source-error.ts'

/** Throws `SOURCE_INVALID` for a COPY with its rows where it could not do what it says. */
export function refuseCopies(
  source: Source,
  pieces: readonly Piece[],
  {role, asked}: {role: ScriptRole; asked: boolean},
): void {
  const copy = pieces.find(({data}) => data !== undefined)
  if (copy === undefined) return
  const at = firstWordOf(source.bytes, copy)
  if (role === 'verify') {
    throw sourceError(
      source,
      at,
      'COPY ... FROM stdin cannot be part of a verify script',
      'take it out: verify scripts run in a read-only transaction',
    )
  }
  if (!asked) return
  throw sourceError(
    source,
    at,
    'COPY ... FROM stdin cannot be part of a script that runs outside a transaction',
    'move it to a migration of its own, that runs in one',
  )
}
