import type {Descriptor} from '../../artifact/descriptor.ts'
import {SquizzleError} from '../../errors.ts'
import {withLockFile} from '../../files/lock.ts'
import type {TagRequest} from '../storage.ts'
import {isTagSet} from '../transfer/tags.ts'
import {makeLayout} from './layout.ts'
import {findTag, indexPath, readIndex, withTag, writeIndex, type TagIndex} from './tag-index.ts'

/** Milliseconds: an index is read and written in far less, so a machine that holds it longer is gone. */
const abandonedAfter = 60_000

/**
 * The index with all tags set, or none of them; the same index where there is nothing to do.
 * @throws VERSION_EXISTS
 */
export function withTags(
  index: TagIndex,
  folder: string,
  requests: readonly TagRequest[],
  manifest: Descriptor,
): TagIndex {
  return requests.reduce((changed, request) => {
    const found = findTag(changed, request.name, folder)
    const isSet = isTagSet(request, found, manifest, `${folder}:${request.name}`)
    return isSet ? changed : withTag(changed, request.name, manifest)
  }, index)
}

/**
 * Changes the tags while nobody else does; readers see the old index or the new one. Where there is
 * nothing to change, nothing is written, not even the lock.
 */
export async function changeIndex(
  folder: string,
  signal: AbortSignal,
  change: (index: TagIndex) => TagIndex | Promise<TagIndex>,
): Promise<void> {
  const before = await readIndex(folder)
  if ((await change(before)) === before) return
  await makeLayout(folder)
  const lock = indexLock(folder)
  const work = async (stillHeld: () => Promise<boolean>) => {
    const index = await readIndex(folder)
    const changed = await change(index)
    if (changed === index) return
    signal.throwIfAborted()
    if (!(await stillHeld())) throw lostLock(lock)
    await writeIndex(folder, changed)
  }
  await withLockFile(lock, work, {signal, abandonedAfter})
}

/** Held by whoever changes the index, or what only the index says is needed. */
export function indexLock(folder: string): string {
  return `${indexPath(folder)}.lock`
}

export function lostLock(path: string): SquizzleError {
  return new SquizzleError('LOCK_TIMEOUT', `${path} was taken over while this run stood still`, {
    hint: 'Nothing was changed: run it again.',
    details: {path},
  })
}
