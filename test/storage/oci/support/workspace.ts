import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Cache} from '../../../../src/storage/cache.ts'
import type {OciConfig} from '../../../../src/storage/oci/config.ts'
import {openOciStorage} from '../../../../src/storage/oci/storage.ts'
import type {Storage} from '../../../../src/storage/storage.ts'
import {openCache} from '../../../../src/storage/workspace/cache.ts'
import {tool} from '../../../support/services.ts'

/** A folder for one test: its home, its caches, and storages that see this environment and no other. */
export interface Workspace {
  readonly folder: string
  /** Where programs may be put that come first on PATH. */
  readonly bin: string
  readonly warnings: readonly string[]
  readonly newCache: () => Cache
  readonly open: (config: OciConfig, env?: Readonly<Record<string, string | undefined>>) => Storage
}

export async function withWorkspace(work: (workspace: Workspace) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'squizzle-oci-'))
  const bin = join(folder, 'bin')
  const warnings: string[] = []
  let caches = 0
  try {
    await work({
      folder,
      bin,
      warnings,
      newCache: () => openCache(join(folder, `workspace-${++caches}`)),
      open: (config, env = {}) =>
        openOciStorage(config, {
          root: folder,
          env: {PATH: bin, HOME: folder, SQUIZZLE_ORAS: tool('oras'), ...env},
          stateDir: join(folder, 'state'),
          warn: (message) => void warnings.push(message),
        }),
    })
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** Another repository for each test, so that one registry serves them all. */
export function newRepository(): string {
  return `tests/${Math.random().toString(36).slice(2)}`
}
