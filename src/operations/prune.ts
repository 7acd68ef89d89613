import type {Digest} from '../artifact/digest.ts'
import {findRelease} from '../artifact/history.ts'
import {isStable, tagOfVersion, versionOfTag, type Version} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Storage, UnusedBlobs} from '../storage/storage.ts'
import {recordSeen} from '../storage/workspace/seen.ts'
import {catalogueOf} from './catalogue.ts'
import type {Context} from './context.ts'
import {isReferrerTag} from './list.ts'
import {storageShelf} from './shelves.ts'

export interface PruneInput {
  /** How many versions stay, the newest ones; at least 1. */
  readonly keep: number
  readonly dryRun: boolean
  /** Remove blobs too that nothing refers to any more. */
  readonly blobs: boolean
}

/** Milliseconds, 24 h: no push takes as long from its first blob to its tags. */
const youngest = 86_400_000

export interface PruneResult {
  readonly storage: string
  readonly dryRun: boolean
  /** Removed, or what would be. */
  readonly removed: readonly Version[]
  /** Old versions that stay, each with its reason. */
  readonly spared: readonly {readonly version: Version; readonly reason: string}[]
  readonly kept: readonly Version[]
  /** Blobs that nothing refers to, removed or to be; absent where nobody asked. */
  readonly unused?: UnusedBlobs
}

/**
 * Removes old versions from the storage: never one that another tag names, nor a stable one that no kept version
 * contains, since its SQL would be lost.
 * @throws what the storage throws; USAGE where its registry can't delete, or removes blobs itself
 */
export async function prune(
  context: Context,
  {keep, dryRun, blobs}: PruneInput,
): Promise<PruneResult> {
  const storage = await context.storage()
  if (blobs && storage.removeUnused === undefined) throw collectsItself(storage)
  const shelf = storageShelf(context, storage)
  const tags = await shelf.tags()
  const catalogue = catalogueOf({...shelf, tags: async () => tags})
  const versions = await catalogue.tagged()
  const kept = versions.slice(0, Math.max(1, keep))
  const named = await digestsOf(context, storage, tags)
  const result = {removed: [] as Version[], spared: [] as {version: Version; reason: string}[]}
  for (const version of versions.slice(kept.length)) {
    const reason = whyKept(version, kept, named) ?? (await whyNeeded(version))
    if (reason !== undefined) {
      result.spared.push({version, reason})
      continue
    }
    if (!dryRun) await remove(version)
    result.removed.push(version)
  }
  const unused = blobs ? await removeBlobs(result.removed) : undefined
  return {storage: storage.url, dryRun, kept, ...result, ...(unused && {unused})}

  async function removeBlobs(removed: readonly Version[]): Promise<UnusedBlobs | undefined> {
    const {signal, timeout, cache} = context
    const withoutTags = dryRun ? removed.map(tagOfVersion) : []
    const options = {signal, timeout, cache, olderThan: youngest, dryRun, withoutTags}
    return storage.removeUnused?.(options)
  }

  async function whyNeeded(version: Version): Promise<string | undefined> {
    if (!isStable(version)) return undefined
    for (const other of kept) {
      const found = await catalogue.find(other)
      if (found && findRelease(found.artifact.config.releases, version)) return undefined
    }
    return 'no version that stays contains it'
  }

  async function remove(version: Version): Promise<void> {
    const {signal, timeout, folder} = context
    const tag = tagOfVersion(version)
    await storage.remove(tag, {signal, timeout})
    await recordSeen(folder, storage.url, {[tag]: undefined})
  }
}

function collectsItself({url}: Storage): SquizzleError {
  return new SquizzleError('USAGE', `the blobs of ${url} are not squizzle's to remove`, {
    hint: "Leave --blobs out: the registry's own garbage collection takes what no manifest refers to.",
  })
}

/** What each tag names, those of signatures left out. */
async function digestsOf(
  {signal, timeout}: Context,
  storage: Storage,
  tags: readonly string[],
): Promise<ReadonlyMap<string, Digest>> {
  const digests = new Map<string, Digest>()
  for (const tag of tags.filter((name) => !isReferrerTag(name))) {
    const found = await storage.resolve(tag, {signal, timeout})
    if (found) digests.set(tag, found.digest)
  }
  return digests
}

/** Registries delete a manifest with all of its tags. */
function whyKept(
  version: Version,
  kept: readonly Version[],
  named: ReadonlyMap<string, Digest>,
): string | undefined {
  const digest = named.get(tagOfVersion(version))
  const others = [...named].filter(([tag, other]) => {
    const of = versionOfTag(tag)
    return other === digest && (of === undefined || kept.includes(of))
  })
  return others.length > 0 ? `${others.map(([tag]) => tag).join(', ')} names it` : undefined
}
