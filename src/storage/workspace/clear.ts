import {rename} from 'node:fs/promises'
import {hexOf, type Digest} from '../../artifact/digest.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import {isSquizzleError} from '../../errors.ts'
import {sweepLeftovers} from '../../files/sweep.ts'
import {blobFolder} from '../blobs/path.ts'
import {removeBlob} from '../blobs/write.ts'
import type {Cache, LocalBuild} from '../cache.ts'
import {inParallel} from '../transfer/parallel.ts'
import {unpushed} from './builds.ts'
import {blobFiles, linkFiles, type CacheFile} from './size.ts'
import {readState, statePath, withStateLock, writeState, type WorkspaceState} from './state.ts'

export interface Cleared {
  readonly blobs: number
  /** Bytes. */
  readonly bytes: number
  /** Builds that were pushed nowhere: all that they need stays. */
  readonly kept: readonly LocalBuild[]
}

/**
 * Empties the cache. What was pushed nowhere is kept, unless forced: then it is gone and forgotten, and a
 * damaged state is set aside and begun anew.
 * @throws INTEGRITY where the state is damaged and nothing says that it may go
 */
export async function clearCache(
  workspace: string,
  cache: Cache,
  {force = false}: {readonly force?: boolean} = {},
): Promise<Cleared> {
  return withStateLock(workspace, async () => {
    const state = force ? await forgetUnpushed(workspace) : await readState(workspace)
    const kept = unpushed(state.builds)
    const gone = await removeBlobs(cache, await neededBy(kept, cache))
    return {blobs: gone.length, bytes: gone.reduce((sum, {size}) => sum + size, 0), kept}
  })
}

async function forgetUnpushed(workspace: string): Promise<WorkspaceState> {
  const state = await readState(workspace).catch(async (error: unknown) => {
    if (!isSquizzleError(error) || error.code !== 'INTEGRITY') throw error
    await rename(statePath(workspace), `${statePath(workspace)}.damaged`)
    return readState(workspace)
  })
  const gone = new Set(unpushed(state.builds))
  const changed = {...state, builds: state.builds.filter((build) => !gone.has(build))}
  if (gone.size > 0) await writeState(workspace, changed)
  return changed
}

/** A build whose own manifest is damaged needs nothing any more: it cannot be pushed. */
async function neededBy(builds: readonly LocalBuild[], cache: Cache): Promise<Set<Digest>> {
  const needed = new Set<Digest>()
  for (const {manifest} of builds) {
    const bytes = await cache.read(manifest.digest)
    if (bytes === undefined) continue
    const {config, layers} = parseManifest(bytes)
    for (const {digest} of [manifest, config, ...layers]) needed.add(digest)
  }
  return needed
}

async function removeBlobs(cache: Cache, needed: ReadonlySet<Digest>): Promise<CacheFile[]> {
  const names = new Set([...needed].map(hexOf))
  const {kept = [], gone = []} = Object.groupBy(await blobFiles(cache), ({name}) =>
    names.has(name) ? 'kept' : 'gone',
  )
  const ids = new Set(kept.map(({id}) => id))
  const links = (await linkFiles(cache)).filter(({id}) => !ids.has(id))
  await inParallel([...links, ...gone], 8, ({path}) => removeBlob(path))
  await sweepLeftovers(blobFolder(cache.folder))
  return gone
}
