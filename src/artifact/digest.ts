import {createHash} from 'node:crypto'
import {SquizzleError} from '../errors.ts'

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}` & {readonly __brand: 'Digest'}

const pattern = /^sha256:[0-9a-f]{64}$/

export function isDigest(text: string): text is Digest {
  return pattern.test(text)
}

/** @throws INTEGRITY when the text is anything but a sha256 digest in its one written form. */
export function parseDigest(text: unknown, where: string): Digest {
  if (typeof text === 'string' && isDigest(text)) return text
  throw new SquizzleError('INTEGRITY', `${where} is not a sha256 digest`, {
    hint: 'The artifact was not built by squizzle, or it is damaged.',
  })
}

export function sha256(bytes: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
}

/** The hex digits alone: the blob's file name. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

/** As people read it: the first 12 hex digits, as docker shows an id. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12)
}
