import {errorAt} from './read.ts'

/** Strict JSON. */
export function parseJson(text: string, label: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's message quotes the text around the error, and often lacks the place.
    const before = text.slice(0, jsonErrorAt(text)).split('\n')
    const place = {line: before.length, column: (before.at(-1) ?? '').length + 1}
    throw errorAt(label, 'not valid JSON', place, {
      hint: 'JSON has no comments, no trailing commas, and double quotes only; YAML and JavaScript files may be used too.',
    })
  }
}

const blank = /[ \t\n\r]*/y
/** No control character is allowed in it, but those from 7F on are. */
const string = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Offset of the first token that does not fit; the text is known not to be JSON. */
function jsonErrorAt(text: string): number {
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const takeChar = (char: string): boolean => {
    take(blank)
    if (text[at] !== char) return false
    at += 1
    return true
  }
  const list = (end: string, item: () => boolean): boolean => {
    if (takeChar(end)) return true
    do if (!item()) return false
    while (takeChar(','))
    return takeChar(end)
  }
  const value = (): boolean => {
    if (takeChar('{')) return list('}', () => key() && takeChar(':') && value())
    if (takeChar('[')) return list(']', value)
    return take(string) || take(scalar)
  }
  const key = (): boolean => {
    take(blank)
    return take(string)
  }
  value()
  take(blank)
  return at
}
