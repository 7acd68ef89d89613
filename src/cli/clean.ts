import {stripVTControlCharacters} from 'node:util'

/** Replaces every secret in a text. */
export type Redactor = (text: string) => string

let redact: Redactor = (text) => text

/** From now on, nothing that this process prints shows what this redactor replaces. */
export function redactWith(redactor: Redactor): void {
  redact = redactor
}

/** C0 but tab and line feed, DEL and C1; marks that reorder text would make it read as something else. */
const controls = /[^\P{Cc}\t\n]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/**
 * Text that is safe to print: without secrets, and without control characters, for file names, tags
 * and database messages come from elsewhere and may try to drive the terminal. A CI system reads
 * commands from the output too.
 */
export function cleanText(text: string): string {
  const safe = stripVTControlCharacters(redact(text)).replaceAll('\r\n', '\n').replace(controls, '')
  return process.env['GITHUB_ACTIONS'] === 'true' ? disarmCommands(safe) : safe
}

/** `::set-output` at the start of a line and `##[group]` anywhere in it are commands to a runner. */
function disarmCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [')
}

/** One JSON document without secrets; what a terminal would obey is escaped. */
export function cleanJson(value: unknown): string {
  const text = JSON.stringify(redactValue(value), undefined, 2)
  return text.replace(
    /[\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
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
