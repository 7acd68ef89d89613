import type {Digest} from '../artifact/digest.ts'
import type {ReleaseEntry} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import {choose, referenceOf} from './choose.ts'
import type {Context} from './context.ts'

export interface ShowResult {
  readonly version: Version
  readonly project: string
  readonly digest: Digest
  readonly reference: string
  readonly from: 'storage' | 'build'
  readonly why?: string
  readonly builder: {readonly name: string; readonly version: string}
  readonly annotations: Readonly<Record<string, string>>
  readonly releases: readonly ReleaseEntry[]
}

/** Everything about one artifact that its manifest and config tell. @throws as `choose` */
export async function show(context: Context, reference: string | undefined): Promise<ShowResult> {
  const storage = await context.storage()
  const chosen = await choose(context, reference)
  const {artifact, from, why} = chosen
  const {descriptor, config, manifest} = artifact
  return {
    version: config.version,
    project: config.project,
    digest: descriptor.digest,
    reference: referenceOf(storage, chosen),
    from,
    ...(why !== undefined && {why}),
    builder: config.builder,
    annotations: manifest.annotations,
    releases: config.releases,
  }
}
