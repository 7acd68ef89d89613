import type {SquizzleError} from '../errors.ts'
import type {Source} from './place.ts'
import {sourceError} from './source-error.ts'

/**
 * The rest of a line that begins with `\restrict` or `\unrestrict`, as pg_dump writes them around a dump: what they
 * keep psql from, squizzle never does. Undefined for all other commands.
 */
export function skippedLine(bytes: Uint8Array, offset: number) {
  const startsLine = offset === 0 || bytes[offset - 1] === newline
  if (!startsLine || !restricting.has(commandAt(bytes, offset))) return undefined
  const end = bytes.indexOf(newline, offset)
  return {start: offset, end: end === -1 ? bytes.length : end}
}

const newline = 0x0a
const restricting = new Set(['\\restrict', '\\unrestrict'])

/** For the backslash of one of psql's own commands, which never reach a server. */
export function psqlCommandError(source: Source, offset: number): SquizzleError {
  const command = commandAt(source.bytes, offset)
  return sourceError(
    source,
    offset,
    `${command} is a command of psql, not SQL`,
    hints.get(command) ?? 'take it out: squizzle sends SQL to PostgreSQL itself, without psql',
  )
}

const include = 'put the SQL of that file here, or make it a migration of its own'
const connect = 'take it out: squizzle connects to the database that its configuration names'
const variable = 'take it out and write the value where it is used'
const run = 'end the statement with a semicolon'

const hints = new Map([
  ['\\i', include],
  ['\\ir', include],
  ['\\include', include],
  ['\\include_relative', include],
  ['\\c', connect],
  ['\\connect', connect],
  ['\\set', variable],
  ['\\gset', variable],
  ['\\g', run],
  ['\\gexec', 'write it as a DO block that runs EXECUTE'],
])

/** For a place where the parser stopped at psql's `:name`, `:'name'`, `:"name"` or `:{?name}`. */
export function psqlVariableError(source: Source, offset: number): SquizzleError | undefined {
  const text = textFrom(source.bytes, offset)
  const name = /^:(?:[\p{L}_][\p{L}\p{N}_]*|'[^']+'|"[^"]+"|\{\?[^}]+\})/u.exec(text)?.[0]
  if (name === undefined) return undefined
  return sourceError(
    source,
    offset,
    `${name} is a variable of psql, not SQL`,
    'write the value itself: squizzle fills in no variables',
  )
}

function commandAt(bytes: Uint8Array, offset: number): string {
  return /^\\(?:[a-z_]+|\S?)/i.exec(textFrom(bytes, offset))?.[0] ?? '\\'
}

/** Enough for the longest identifier of PostgreSQL, 63 bytes. */
function textFrom(bytes: Uint8Array, offset: number): string {
  return new TextDecoder().decode(bytes.subarray(offset, offset + 100))
}
