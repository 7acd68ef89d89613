import {stripControl} from '../config/plain-text.ts'
import {redactUrl} from '../config/redact.ts'

/** Replaces every secret in a text. */
export type Redactor = (text: string) => string

/** Passwords in URLs are known as such by anybody. */
let redact: Redactor = redactUrl

/** From now on, nothing that this process prints shows what this redactor replaces. */
export function redactWith(redactor: Redactor): void {
  redact = redactor
}

/**
 * Text that is safe to print: without secrets, and without control characters, for file names, tags
 * and database messages come from elsewhere and may try to drive the terminal. A CI system reads
 * commands from the output too.
 */
export function cleanText(text: string): string {
  // Twice: an escape sequence inside a secret would hide it at first, a line end of its own afterwards.
  const safe = redact(stripControl(redact(text)))
  return process.env['GITHUB_ACTIONS'] === 'true' ? disarmCommands(safe) : safe
}

/** `::set-output` at the start of a line and `##[group]` anywhere in it are commands to a runner. */
function disarmCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [')
}

/** What JSON.stringify leaves as it is: DEL and C1, and marks that turn the direction of text. */
const unescaped = /[\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/** One JSON document without secrets; what a terminal would obey is escaped. */
export function cleanJson(value: unknown): string {
  const text = JSON.stringify(redactValue(value), undefined, 2)
  return text.replace(
    unescaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** String by string: a secret may hold a quote, and replacing it in the document would break that. */
function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(redactValue)
  if (typeof value !== 'object' || value === null) return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON())
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [redact(key), redactValue(entry)]),
  )
}
