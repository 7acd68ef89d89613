/**
 * Where the n-th character stands, in UTF-16 units. PostgreSQL counts code points, JavaScript doesn't.
 * @param count characters before it
 */
export function offsetOfCharacter(text: string, count: number): number {
  let offset = 0
  for (let left = count; left > 0 && offset < text.length; left -= 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xff_ff ? 2 : 1
  }
  return offset
}

/** How many characters (code points) a text has. */
export function countCharacters(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length; at += 1) {
    if (isPairAt(text, at)) count -= 1
  }
  return count
}

/**
 * Where the byte of that number stands, in UTF-16 units: the position that a database in SQL_ASCII gives, which
 * knows no characters.
 */
export function offsetOfByte(text: string, count: number): number {
  let offset = 0
  for (let left = count; left > 0 && offset < text.length;) {
    const character = text.codePointAt(offset) ?? 0
    left -= character < 0x80 ? 1 : character < 0x8_00 ? 2 : character < 0x1_00_00 ? 3 : 4
    offset += character > 0xff_ff ? 2 : 1
  }
  return offset
}

function isPairAt(text: string, at: number): boolean {
  return (
    (text.charCodeAt(at) & 0xfc_00) === 0xd8_00 && (text.charCodeAt(at + 1) & 0xfc_00) === 0xdc_00
  )
}
