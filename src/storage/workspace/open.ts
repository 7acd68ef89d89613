import {copyFile, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {SquizzleError} from '../../errors.ts'
import {firstUnwritable} from '../../files/writable.ts'
import {blobFolder} from '../blobs/path.ts'
import type {Cache} from '../cache.ts'
import {cacheFolder, openCache} from './cache.ts'
import {linkFolders} from './links.ts'
import {statePath} from './state.ts'

export interface Workspace {
  /** The folder that holds `cache/` and `config.json`. */
  readonly folder: string
  readonly cache: Cache
  /** Whether it is a private one that goes when the work is done, since the real one can't be written. */
  readonly isPrivate: boolean
}

export interface WorkspaceOptions {
  /** `optional`: the work leaves nothing behind, so a private folder will do where the real one can't be written. */
  readonly writable: 'required' | 'optional'
  /** Folder for a private workspace. Default: the system's for temporary files. */
  readonly tmp?: string
}

/**
 * Runs the work with the workspace's cache and state. Where that can't be written and need not be, the
 * work gets a private one that begins with the state of the real one and takes blobs from its cache.
 * @param folder `.squizzle`, or what `SQUIZZLE_CACHE_DIR` names; it need not exist.
 * @throws NOT_WRITABLE saying what to mount
 */
export async function withWorkspace<T>(
  folder: string,
  {writable, tmp = tmpdir()}: WorkspaceOptions,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const cache = cacheFolder(folder)
  const obstacle = await firstUnwritable([folder, blobFolder(cache), ...linkFolders(cache)])
  if (obstacle === undefined) return work({folder, cache: openCache(folder), isPrivate: false})
  if (writable === 'required') throw mustMount(folder, obstacle)
  const own = await mkdtemp(join(tmp, 'squizzle-')).catch((error: unknown) => {
    throw mustMount(folder, obstacle, tmp, error)
  })
  try {
    await copyFile(statePath(folder), statePath(own)).catch(() => undefined)
    const borrowing = openCache(own, {below: cache})
    return await work({folder: own, cache: borrowing, isPrivate: true})
  } finally {
    await rm(own, {recursive: true, force: true})
  }
}

function mustMount(folder: string, obstacle: string, tmp?: string, cause?: unknown): SquizzleError {
  const neither = tmp === undefined ? '' : `, nor ${tmp}`
  return new SquizzleError('NOT_WRITABLE', `cannot write ${obstacle}${neither}`, {
    hint: `Mount a writable folder at ${folder}, or name one with SQUIZZLE_CACHE_DIR.`,
    details: {folder, obstacle},
    cause,
  })
}
