import {hexOf, type Digest} from '../../artifact/digest.ts'

export const blobPrefix = 'blobs/sha256/'
export const tagPrefix = 'tags/'

export function blobKey(digest: Digest): string {
  return blobPrefix + hexOf(digest)
}

export function tagKey(tag: string): string {
  return tagPrefix + tag
}
