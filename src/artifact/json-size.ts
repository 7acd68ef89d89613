import {limits} from './limits.ts'

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Whether a document would take more memory or stack than a parser should be given: too many values, too many different
 * keys, or too deep. Looks at brackets, commas and texts only; what else is wrong, the parser finds.
 */
export function isTooComplex(document: Buffer): boolean {
  const keys = new Set<string>()
  /** For each list and object that is open, whether it is an object. */
  const open: boolean[] = []
  let values = 0
  let expectsKey = false
  for (let at = 0; at < document.length; at++) {
    const byte = document[at]
    if (byte === quote) {
      const end = endOfText(document, at + 1)
      if (expectsKey && keys.add(document.toString('latin1', at + 1, end)).size > limits.keys)
        return true
      expectsKey = false
      at = end
    } else if (byte === comma) {
      values += 1
      expectsKey = open.at(-1) === true
    } else if (byte === openList || byte === openObject) {
      values += 1
      expectsKey = byte === openObject
      if (open.push(expectsKey) > limits.depth) return true
    } else if (byte === closeList || byte === closeObject) open.pop()
    if (values > limits.values) return true
  }
  return false
}

function endOfText(document: Buffer, from: number): number {
  let at = from
  while (at < document.length && document[at] !== quote) at += document[at] === backslash ? 2 : 1
  return at
}
