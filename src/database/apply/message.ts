import {countCharacters, offsetOfByte, offsetOfCharacter} from '../sql/characters.ts'
import type {SqlError} from '../sql-error.ts'
import type {FailedScript} from './failure.ts'
import type {LoadedScript, ScriptBatch} from './script.ts'

/** One batch of a script with squizzle's own statements around it. */
export interface MessagePart {
  readonly script: LoadedScript
  readonly batch: ScriptBatch
  /** In front of it. */
  readonly before: readonly string[]
  /** Behind it, the last of them marking in its row that the part is done. */
  readonly after: readonly string[]
  /** Behind the mark. */
  readonly recorded: readonly string[]
}

/** What goes in one message: it fails as a whole, and is described by where in it. */
export interface Message {
  /** Statements in front of the first part, and the script that they are about, if there is one. */
  readonly opening: readonly string[]
  readonly about?: FailedScript
  readonly parts: readonly MessagePart[]
  /** Statements behind the last part. */
  readonly tail: readonly string[]
}

/** Stands for a statement behind the last one of a script. */
const behindAll = Number.MAX_SAFE_INTEGER

/** SQLSTATE `syntax_error`. */
const syntaxError = '42601'

/** A line break first: a script may end in a comment. */
const border = '\n;\n'

export function textOf({opening, parts, tail}: Message): string {
  return [statements(opening), ...parts.map((part) => partText(part)), statements(tail)].join('')
}

/**
 * Finds the script that failed: by PostgreSQL's position, else by counting the statements that were completed since the
 * last mark.
 * @param bytes whether the database counts bytes, not characters
 * @returns undefined where something failed that squizzle sent itself
 */
export function findFailed(
  message: Message,
  error: SqlError,
  bytes: boolean,
): FailedScript | undefined {
  const {position, progress} = error
  if (position !== undefined) return atPosition(message, error, position - 1, bytes)
  const {opening, parts, about} = message
  const {marks, completed} = progress
  const ahead = marks === 0 ? opening.length : (parts[marks - 1]?.recorded.length ?? 0)
  if (marks === 0 && completed < ahead) return about
  const part = parts[marks]
  if (part === undefined) return undefined
  const statement = completed - ahead - part.before.length
  return statement < 0 ? undefined : {script: part.script, batch: part.batch, statement}
}

/** A script whose last check failed, after all of its statements were done. */
export function failedAtEnd(script: LoadedScript): FailedScript | undefined {
  const batch = script.batches.at(-1)
  return batch === undefined ? undefined : {script, batch, statement: behindAll}
}

function atPosition(
  {opening, parts}: Message,
  {code}: SqlError,
  position: number,
  bytes: boolean,
): FailedScript | undefined {
  const measure = bytes ? (text: string) => Buffer.byteLength(text) : countCharacters
  const find = bytes ? offsetOfByte : offsetOfCharacter
  let start = measure(statements(opening))
  for (const part of parts) {
    const {script, batch} = part
    const from = start + measure(statements(part.before))
    const to = from + measure(batch.text)
    start += measure(partText(part))
    if (position < from) return undefined
    // an open quote or parenthesis shows only behind the script
    if (position > to && (position >= start || code !== syntaxError)) continue
    return {script, batch, offset: find(batch.text, position - from), statement: 0}
  }
  return undefined
}

function partText({batch, before, after, recorded}: MessagePart): string {
  return [statements(before), batch.text, border, statements(after), statements(recorded)].join('')
}

function statements(list: readonly string[]): string {
  return list.map((statement) => `${statement};\n`).join('')
}
