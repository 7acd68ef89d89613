import {rename} from 'node:fs/promises'
import {isSquizzleError} from '../../errors.ts'
import type {Cache, LocalBuild} from '../cache.ts'
import {unpushed} from './builds.ts'
import {neededBy, removeBlobs} from './needed.ts'
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
    const gone = await removeBlobs(
      cache,
      await neededBy(
        kept.map(({manifest}) => manifest.digest),
        cache,
      ),
    )
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
