import {isDigest} from '../artifact/digest.ts'

/** An artifact as people name it: `<place>:<tag>`, or `<place>@<digest>`. */
export function artifactReference(place: string, tagOrDigest: string): string {
  return `${place}${isDigest(tagOrDigest) ? '@' : ':'}${tagOrDigest}`
}
