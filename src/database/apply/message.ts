import {countCharacters, offsetOfByte, offsetOfCharacter} from '../sql/characters.ts'
import type {SqlError} from '../sql-error.ts'
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
  readonly parts: readonly MessagePart[]
  /** Statements behind the last part. */
  readonly tail: readonly string[]
}

/** What of a message failed. */
export type Culprit =
  /** The script, at an offset in its batch where PostgreSQL knows it, else in its statement of that number (from 0). */
  | {
      readonly kind: 'script'
      readonly part: MessagePart
      readonly offset?: number
      readonly statement: number
    }
  /** Something that squizzle sent itself. */
  | {readonly kind: 'own'}

/** A line break first: a script may end in a comment. */
const border = '\n;\n'

export function textOf({parts, tail}: Message): string {
  return [...parts.map((part) => partText(part)), statements(tail)].join('')
}

/**
 * Finds what failed: by PostgreSQL's position, else by counting the statements that were completed since the last mark.
 * @param bytes whether the database counts bytes, not characters
 */
export function findCulprit(message: Message, error: SqlError, bytes: boolean): Culprit {
  const {position, progress} = error
  if (position !== undefined) return atPosition(message, position - 1, bytes)
  const part = message.parts[progress.marks]
  if (part === undefined) return {kind: 'own'}
  const earlier = message.parts[progress.marks - 1]?.recorded.length ?? 0
  const statement = progress.completed - earlier - part.before.length
  return statement < 0 ? {kind: 'own'} : {kind: 'script', part, statement}
}

function atPosition({parts}: Message, position: number, bytes: boolean): Culprit {
  const measure = bytes ? (text: string) => Buffer.byteLength(text) : countCharacters
  let start = 0
  for (const part of parts) {
    const from = start + measure(statements(part.before))
    const to = from + measure(part.batch.text)
    if (position < from) return {kind: 'own'}
    if (position <= to) {
      const find = bytes ? offsetOfByte : offsetOfCharacter
      return {kind: 'script', part, offset: find(part.batch.text, position - from), statement: 0}
    }
    start += measure(partText(part))
  }
  return {kind: 'own'}
}

function partText({batch, before, after, recorded}: MessagePart): string {
  return [statements(before), batch.text, border, statements(after), statements(recorded)].join('')
}

function statements(list: readonly string[]): string {
  return list.map((statement) => `${statement};\n`).join('')
}
