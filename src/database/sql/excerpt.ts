import {countCharacters} from './characters.ts'
import type {StatementRange} from './statements.ts'

/** A place in a file, both counted from 1, the column in characters. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Lines of the statement shown before and after the one in question. */
const before = 4
const after = 2

/** Characters of a line that are shown: some lines are a megabyte long. */
const width = 100

export function placeOf(text: string, offset: number): Place {
  const lineStart = startOfLine(text, offset)
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1)) {
    line += 1
  }
  return {line, column: countCharacters(text.slice(lineStart, offset)) + 1}
}

/**
 * The lines of a statement around a place in it, numbered, with a caret under the place if it is known exactly.
 * `firstLine` is the number of the text's first line.
 *
 *       12 | CREATE TABLE orders (
 *     > 13 |   id bigin PRIMARY KEY
 *          |      ^
 */
export function excerpt(
  text: string,
  {start, end}: StatementRange,
  offset: number,
  {caret, firstLine = 1}: {readonly caret: boolean; readonly firstLine?: number},
): string {
  const lines = linesOf(text, start, end)
  const wanted = lines.findLastIndex((line) => line.start <= offset)
  const shown = lines.slice(Math.max(0, wanted - before), wanted + after + 1)
  const first = firstLine - 1 + placeOf(text, start).line + Math.max(0, wanted - before)
  const digits = String(first + shown.length - 1).length
  const rows = shown.flatMap((line, index) => {
    const number = String(first + index).padStart(digits)
    if (line !== lines[wanted]) return [`  ${number} | ${crop(line.text, 0).text}`]
    const cropped = crop(line.text, offset - line.start)
    const row = `> ${number} | ${cropped.text}`
    if (!caret) return [row]
    return [row, `  ${' '.repeat(digits)} | ${indent(cropped.text.slice(0, cropped.offset))}^`]
  })
  return rows.join('\n')
}

interface Line {
  readonly start: number
  readonly text: string
}

function linesOf(text: string, start: number, end: number): Line[] {
  const lines: Line[] = []
  for (let at = startOfLine(text, start); at <= end;) {
    const next = text.indexOf('\n', at)
    const stop = next < 0 ? text.length : next
    lines.push({start: at, text: text.slice(at, stop).replace(/\r$/, '')})
    at = stop + 1
  }
  return lines
}

/** A window of a long line around a place in it. */
function crop(line: string, offset: number): {text: string; offset: number} {
  const clean = line.replaceAll(/[^\P{Cc}\t]/gu, ' ')
  if (clean.length <= width) return {text: clean, offset}
  const from = Math.max(0, Math.min(offset - width / 2, clean.length - width))
  const lead = from > 0 ? '...' : ''
  const tail = from + width < clean.length ? '...' : ''
  return {
    // an end of the window may cut a character in two
    text: `${lead}${clean.slice(from, from + width).toWellFormed()}${tail}`,
    offset: offset - from + lead.length,
  }
}

/** What a terminal draws two columns wide. */
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

/** What it draws onto the one before, or not at all: accents, joiners. */
const noWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'})

/** Blanks as wide as a text: a tab stays one. */
function indent(text: string): string {
  return Array.from(graphemes.segment(text), ({segment}) => {
    if (segment === '\t') return '\t'
    if (noWidth.test(segment)) return ''
    return wide.test(segment) ? '  ' : ' '
  }).join('')
}

function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}
