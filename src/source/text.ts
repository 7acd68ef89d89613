import {isUtf8} from 'node:buffer'
import {SquizzleError} from '../errors.ts'

export interface NormalText {
  readonly bytes: Buffer
  readonly warnings: readonly string[]
}

const bom = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * A file's bytes as they are packed: UTF-8 without BOM; line ends that are all CRLF become LF, so that a checkout on
 * Windows builds the same bytes; mixed ones stay, with a warning.
 * @throws SOURCE_INVALID for what is not UTF-8, holds NUL, or is empty
 */
export function normaliseText(raw: Buffer, file: string): NormalText {
  refuseUtf16(raw, file)
  const bytes = raw.subarray(0, 3).equals(bom) ? raw.subarray(3) : raw
  const nul = bytes.indexOf(0)
  if (nul !== -1)
    throw invalid(file, `it has a NUL byte on line ${lineOf(bytes, nul)}`, 'Remove it.')
  if (!isUtf8(bytes)) {
    const line = lineOf(bytes, firstInvalid(bytes))
    throw invalid(file, `it is not UTF-8 on line ${line}`, 'Save it as UTF-8.')
  }
  if (bytes.findIndex((byte) => byte > space) === -1) {
    throw invalid(file, 'it is empty', 'Write the migration, or remove the file.')
  }
  const windows = count(bytes, '\r\n')
  if (windows === 0) return {bytes, warnings: []}
  const ends = count(bytes, '\n')
  if (windows < ends) {
    return {
      bytes,
      warnings: [`${file} mixes line ends: ${windows} of ${ends} are CRLF; packed as it is`],
    }
  }
  return {bytes: withoutReturns(bytes, windows), warnings: []}
}

const space = 0x20

/** Without making a text of a file that may have 100 MB. */
function count(bytes: Buffer, what: string): number {
  let found = 0
  for (let at = bytes.indexOf(what); at !== -1; at = bytes.indexOf(what, at + 1)) found += 1
  return found
}

/** @param lines that end with CRLF: all of them */
function withoutReturns(bytes: Buffer, lines: number): Buffer {
  const result = Buffer.allocUnsafe(bytes.length - lines)
  let to = 0
  let from = 0
  for (let at = bytes.indexOf('\r\n'); at !== -1; at = bytes.indexOf('\r\n', from)) {
    to += bytes.copy(result, to, from, at)
    from = at + 1
  }
  bytes.copy(result, to, from)
  return result
}

function refuseUtf16(raw: Buffer, file: string): void {
  const [first, second] = raw
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw invalid(file, 'it is UTF-16', 'Save it as UTF-8.')
  }
}

/** Byte offset of the first byte that is not UTF-8, found by halving. */
function firstInvalid(bytes: Buffer): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isUtf8Start(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  return good
}

/** Whether the bytes are UTF-8, a character that is cut off at the end aside. */
function isUtf8Start(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', {fatal: true}).decode(bytes, {stream: true})
    return true
  } catch {
    return false
  }
}

function lineOf(bytes: Buffer, offset: number): number {
  return bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1
}

function invalid(file: string, why: string, hint: string, cause?: unknown): SquizzleError {
  return new SquizzleError('SOURCE_INVALID', `${file} cannot be packed: ${why}`, {
    hint,
    details: {file},
    cause,
  })
}
