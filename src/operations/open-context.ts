import type {LoadedConfig} from '../config/settings.ts'
import {firstUnwritable} from '../files/writable.ts'
import type {RegisteredBackend} from '../storage/backends.ts'
import {withWorkspace, type WorkspaceOptions} from '../storage/workspace/open.ts'
import type {Context} from './context.ts'
import {storageOpener, type OpenerInput} from './storage-opener.ts'

export interface ContextOptions
  extends
    Pick<OpenerInput, 'env' | 'warn'>,
    Pick<WorkspaceOptions, 'writable'>,
    Pick<Context, 'report' | 'signal' | 'timeout'> {
  readonly loaded: LoadedConfig
  readonly backends: readonly RegisteredBackend[]
  /** The user's cache folder; a user without one gets by with the workspace's. */
  readonly sharedDir?: string | undefined
}

/** Runs the work with what operations need: a workspace, the storage, and ways to report. @throws NOT_WRITABLE */
export async function withContext<T>(
  {loaded, backends, env, warn, writable, sharedDir, ...rest}: ContextOptions,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const {settings} = loaded
  return withWorkspace(settings.workspaceDir, {writable}, async ({folder, cache}) => {
    const shares = sharedDir !== undefined && (await firstUnwritable([sharedDir])) === undefined
    return work({
      settings,
      folder,
      cache,
      sharedDir: shares ? sharedDir : folder,
      ...storageOpener({loaded, env, warn, backends, stateDir: folder}),
      ...rest,
    })
  })
}
