import {codePoints, placeAt, type Source} from './place.ts'

/**
 * The line around an offset with a caret under it:
 *
 *       3 | SELECT frm
 *         |        ^
 */
export function excerptAt(source: Source, offset: number): string {
  const {bytes} = source
  const lineStart = bytes.subarray(0, offset).lastIndexOf(newline) + 1
  const lineEnd = bytes.indexOf(newline, offset)
  const near = nearestBytes(bytes, lineStart, offset, lineEnd === -1 ? bytes.length : lineEnd)
  const before = codePoints(near.before).map(printable)
  const after = codePoints(near.after)
  const shown = before.slice(-contextWidth)
  const start = shown.length < before.length ? '…' : ''
  const tail = after.slice(0, contextWidth).map(printable).join('').trimEnd()
  const end = after.length > contextWidth ? '…' : ''
  const number = String(placeAt(source, offset).line)
  const padding = start.replace('…', ' ') + shown.map(widthOf).join('')
  return [
    `  ${number} | ${start}${shown.join('')}${tail}${end}`,
    `  ${' '.repeat(number.length)} | ${padding}^`,
  ].join('\n')
}

const newline = 0x0a

/** Of a line that may have megabytes, more than is shown: a code point has 4 bytes at most. */
function nearestBytes(bytes: Uint8Array, lineStart: number, offset: number, lineEnd: number) {
  let from = Math.max(lineStart, offset - 4 * (contextWidth + 1))
  while (from > lineStart && ((bytes[from] ?? 0) & 0xc0) === 0x80) from -= 1
  const to = Math.min(lineEnd, offset + 4 * (contextWidth + 1))
  return {before: bytes.subarray(from, offset), after: bytes.subarray(offset, to)}
}

/** Code points shown at most on each side of a caret: a line may be a whole minified file. */
const contextWidth = 100

const wide =
  /^[\p{Emoji_Presentation}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Hangul}\uff01-\uff60]$/v

/** What takes the same room in a terminal as the character above it. */
function widthOf(character: string): string {
  if (character === '\t') return '\t'
  if (/^[\p{Mn}\p{Cf}]$/v.test(character)) return ''
  return wide.test(character) ? '  ' : ' '
}

/** Other control characters could move the terminal's cursor. */
function printable(character: string): string {
  return /^[\p{Cc}--\t]$/v.test(character) ? ' ' : character
}
