import type {Descriptor} from '../../artifact/descriptor.ts'
import {shortDigest} from '../../artifact/digest.ts'
import {isTag} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import type {TagRequest} from '../storage.ts'

/** A storage makes paths and keys of tags, so it never takes one that is none. @throws USAGE */
export function expectTags(requests: readonly TagRequest[]): void {
  const wrong = requests.find(({name}) => !isTag(name))
  if (wrong === undefined) return
  throw new SquizzleError('USAGE', `${JSON.stringify(wrong.name)} is not a tag`, {
    hint: 'Use up to 128 letters, digits, dots, dashes and underscores, the first no dot or dash.',
    details: {tag: wrong.name},
  })
}

/**
 * What a tag that names something already says to a request: nothing to do, free to move, or refused.
 * @param reference as people name what the tag names.
 * @throws VERSION_EXISTS where a tag to `create` names other content
 */
export function isTagSet(
  {mode}: TagRequest,
  found: Descriptor | undefined,
  offered: Descriptor,
  reference: string,
): boolean {
  if (found?.digest === offered.digest) return true
  if (found === undefined || mode === 'move') return false
  throw new SquizzleError('VERSION_EXISTS', `${reference} exists with other content`, {
    hint: `It is ${shortDigest(found.digest)} there, ${shortDigest(offered.digest)} here: pull that one, or release a new version.`,
    details: {reference, found: found.digest, offered: offered.digest},
  })
}
