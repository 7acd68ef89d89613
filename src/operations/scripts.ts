import {findRelease} from '../artifact/history.ts'
import {readLayer} from '../artifact/layer-reader.ts'
import type {OpenLayer} from '../artifact/open-layer.ts'
import type {ReleaseEntry} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import type {ScriptBytes} from '../database/apply/options.ts'
import type {Context} from './context.ts'
import {layerChunks, openReleased, type Refetch} from './layers.ts'

export interface ScriptSource {
  readonly releases: readonly ReleaseEntry[]
  /** Absent: the cache must have them. */
  readonly refetch?: Refetch | undefined
}

/**
 * Runs the work with the scripts of releases that the cache has, or that are fetched again. Each layer is read whole before, so that nothing damaged
 * is found only when half of the work is done; then one is open at a time, and one script of it in memory.
 * @throws INTEGRITY, TOO_LARGE, VERSION_NOT_FOUND
 */
export async function withScripts<T>(
  context: Context,
  {releases, refetch}: ScriptSource,
  work: (scriptBytes: ScriptBytes) => Promise<T>,
): Promise<T> {
  for (const entry of releases) await readLayer(await layerChunks(context, entry, refetch), entry)
  let open: {readonly version: Version; readonly layer: OpenLayer} | undefined
  const scriptBytes: ScriptBytes = async (version, migration, role) => {
    const entry = findRelease(releases, version)
    const path = migration[role]?.path
    if (!entry || path === undefined) {
      throw new Error(`${version} has no ${role} of ${migration.name}`)
    }
    if (open?.version !== version) {
      await open?.layer.close()
      open = undefined
      open = {version, layer: await openReleased(context, entry, refetch)}
    }
    return open.layer.read(path)
  }
  try {
    return await work(scriptBytes)
  } finally {
    await open?.layer.close()
  }
}
