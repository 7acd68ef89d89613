/** The text that is analysed, and how errors name it. */
export interface Source {
  /** Path, as the user knows it. */
  readonly file: string
  /** UTF-8. */
  readonly bytes: Uint8Array
  /** The line of the file in which `bytes` begin, from 1. */
  readonly firstLine: number
}

/** Where something stands in a file, both from 1; a column is a code point. */
export interface Place {
  readonly line: number
  readonly column: number
}

const newline = 0x0a

/** @param offset in bytes. */
export function placeAt({bytes, firstLine}: Source, offset: number): Place {
  let line = firstLine
  let lineStart = 0
  for (;;) {
    const end = bytes.indexOf(newline, lineStart)
    if (end === -1 || end >= offset) break
    line += 1
    lineStart = end + 1
  }
  return {line, column: countCodePoints(bytes.subarray(lineStart, offset)) + 1}
}

/** The byte offset of the n-th code point, from 0: PostgreSQL counts those in an error's position. */
export function byteOffset(bytes: Uint8Array, characters: number): number {
  let left = characters
  for (let at = 0; at < bytes.length; at += 1) {
    if (startsCodePoint(bytes[at]) && left-- === 0) return at
  }
  return bytes.length
}

/** How many code points UTF-8 has: a line may have 100 MB. */
function countCodePoints(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (startsCodePoint(byte)) count += 1
  return count
}

/** The characters of UTF-8, one string each. */
export function codePoints(bytes: Uint8Array): string[] {
  return Array.from(new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes))
}

function startsCodePoint(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) !== 0x80
}
