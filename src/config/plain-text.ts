import {stripVTControlCharacters} from 'node:util'

/** Controls except line feed and tab; marks that turn the direction of text; line and paragraph separators. */
const unseen = /[[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]--[\n\t]]/gv

/**
 * Text of others (a file's name, a server's message) made safe to print: escape sequences and
 * control characters could rewrite what a terminal shows. Line feeds and tabs stay.
 */
export function stripControl(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replace(unseen, '')
}

/** As `stripControl`, on one line of at most so many characters: for names and values inside a sentence. */
export function inSentence(text: string, length = 80): string {
  const line = stripControl(text).replaceAll(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length)}...` : line
}
