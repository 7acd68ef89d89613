import {mediaTypes} from '../../artifact/media-types.ts'
import {SquizzleError} from '../../errors.ts'

const ours: ReadonlySet<string> = new Set([
  mediaTypes.manifest,
  mediaTypes.config,
  mediaTypes.layer,
])

/** An image of a gigabyte is not fetched to find out that it is none of squizzle's artifacts. @throws INTEGRITY */
export function refuseForeign(mediaType: string): void {
  if (ours.has(mediaType)) return
  const named = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'that has no name'
  throw new SquizzleError(
    'INTEGRITY',
    `this is not a squizzle artifact: it has something of type ${named}`,
    {hint: 'Check the repository and the tag: something else may be kept there.'},
  )
}
