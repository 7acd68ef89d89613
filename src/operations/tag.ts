import type {Digest} from '../artifact/digest.ts'
import {isTag, versionOfTag, type Version} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import {recordSeen} from '../storage/workspace/seen.ts'
import {choose} from './choose.ts'
import type {Context} from './context.ts'

export interface TagResult {
  readonly version: Version
  readonly digest: Digest
  readonly tag: string
  readonly reference: string
  /** What the tag named before; absent where it is new. */
  readonly before?: Digest
}

/** Names a version of the storage, uploading at most a manifest. @throws USAGE, VERSION_NOT_FOUND, TAG_IMMUTABLE */
export async function tag(context: Context, reference: string, name: string): Promise<TagResult> {
  refuseVersion(name)
  const {signal, timeout, cache, folder} = context
  const storage = await context.storage()
  const {artifact, holder} = await choose(context, reference, {builds: false})
  const before = await storage.resolve(name, {signal, timeout})
  const {descriptor, config} = artifact
  const request = {name, mode: 'move'} as const
  if (holder === artifact) {
    await storage.tag(descriptor, request, {signal, timeout})
  } else {
    // Only a newer artifact still contains the version: its own manifest goes up first.
    const {refusedTags} = await storage.push(descriptor, cache, [request], {signal, timeout})
    const [refused] = refusedTags
    if (refused)
      throw new SquizzleError('TAG_IMMUTABLE', `the tag ${name} was not moved: ${refused.reason}`)
  }
  await recordSeen(folder, storage.url, {[name]: descriptor.digest})
  return {
    version: config.version,
    digest: descriptor.digest,
    tag: name,
    reference: storage.reference(name),
    ...(before && {before: before.digest}),
  }
}

/** @throws USAGE for what is no name for a version: a version itself, or no tag at all */
export function refuseVersion(name: string): void {
  if (versionOfTag(name.replace(/^v(?=\d)/, '')) !== undefined) {
    throw new SquizzleError('USAGE', `${name} is a version: only a push sets that tag`, {
      hint: 'Use a name such as staging, or prod-1.0.0.',
    })
  }
  if (isTag(name)) return
  throw new SquizzleError('USAGE', `${JSON.stringify(name)} is not a tag`, {
    hint: 'A tag has up to 128 letters, digits, dots, dashes and underscores, and begins with neither dot nor dash.',
  })
}
