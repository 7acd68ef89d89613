import {hexOf, isDigest, type Digest} from '../../artifact/digest.ts'

export const blobPrefix = 'blobs/sha256/'
export const tagPrefix = 'tags/'

export function blobKey(digest: Digest): string {
  return blobPrefix + hexOf(digest)
}

export function tagKey(tag: string): string {
  return tagPrefix + tag
}

/** The digest that a key is named for; undefined for any other object. */
export function digestOfKey(key: string): Digest | undefined {
  const digest = `sha256:${key.slice(blobPrefix.length)}`
  return key.startsWith(blobPrefix) && isDigest(digest) ? digest : undefined
}
