import {execFileSync} from 'node:child_process'
import {mkdir, readdir, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {ReleaseEntry} from '../../src/artifact/release.ts'
import {parseVersion} from '../../src/artifact/version.ts'
import type {DatabaseSettings} from '../../src/config/settings.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {apply, type ApplyInput, type ApplyResult} from '../../src/operations/apply.ts'
import {baseline, type BaselineInput, type BaselineResult} from '../../src/operations/baseline.ts'
import {build, type BuildInput, type BuildResult} from '../../src/operations/build.ts'
import type {Context} from '../../src/operations/context.ts'
import {pull, type PullResult} from '../../src/operations/pull.ts'
import {push, type PushResult} from '../../src/operations/push.ts'
import {rollback, type RollbackInput, type RollbackResult} from '../../src/operations/rollback.ts'
import {show} from '../../src/operations/show.ts'
import {status, type StatusResult} from '../../src/operations/status.ts'
import {verify, type VerifyResult} from '../../src/operations/verify.ts'
import {localBackend} from '../../src/storage/local/backend.ts'
import type {Storage} from '../../src/storage/storage.ts'
import {openCache} from '../../src/storage/workspace/cache.ts'

/** One machine that works on a project: its own checkout and cache, and the storage that it shares with others. */
export interface Machine {
  readonly folder: string
  readonly context: Context
  /** Writes migrations; undefined removes one. */
  write(files: Readonly<Record<string, string | Buffer | undefined>>): Promise<void>
  build(
    version: string,
    options?: Partial<Record<'base' | 'merge', string>> & BuildOptions,
  ): Promise<BuildResult>
  push(version: string, options?: {tags?: readonly string[]; force?: boolean}): Promise<PushResult>
  release(
    version: string,
    files: Readonly<Record<string, string | Buffer | undefined>>,
    options?: Record<string, string>,
  ): Promise<PushResult>
  pull(reference?: string): Promise<PullResult>
  releases(reference: string): Promise<readonly ReleaseEntry[]>
  git(...args: string[]): string
  apply(url: string, input?: Partial<ApplyInput>): Promise<ApplyResult>
  rollback(url: string, to?: string, input?: Partial<RollbackInput>): Promise<RollbackResult>
  verify(url?: string, reference?: string): Promise<VerifyResult>
  baseline(url: string, reference: string, input?: Partial<BaselineInput>): Promise<BaselineResult>
  status(url: string, reference?: string): Promise<StatusResult>
}

type BuildOptions = Partial<Omit<BuildInput, 'base' | 'merge' | 'version'>>

export interface World {
  /** Folder of the storage that all machines share. */
  readonly artifacts: string
  readonly machine: (name: string, options?: MachineOptions) => Promise<Machine>
}

export interface MachineOptions {
  /** Folder of a storage of its own. */
  readonly storage?: string
  readonly project?: string
}

/** A world of machines around one local storage, gone after the story. */
export async function withWorld(story: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (root) => {
    const artifacts = join(root, 'artifacts')
    await story({
      artifacts,
      machine: (name, {storage = artifacts, project = 'shop'} = {}) =>
        openMachine(join(root, name), storage, project),
    })
  })
}

export async function openLocal(path: string): Promise<Storage> {
  return localBackend.open({path}, {root: '/', env: {}, stateDir: path, warn: () => undefined})
}

async function openMachine(folder: string, artifacts: string, project: string): Promise<Machine> {
  const migrations = join(folder, 'db/migrations')
  const workspaceDir = join(folder, '.squizzle')
  await mkdir(migrations, {recursive: true})
  const storage = await openLocal(artifacts)
  const context: Context = {
    settings: {
      root: folder,
      project,
      migrations: {path: migrations},
      storage: {type: 'local', config: {path: artifacts}},
      workspaceDir,
    },
    folder: workspaceDir,
    cache: openCache(workspaceDir),
    sharedDir: workspaceDir,
    storage: async () => storage,
    openStorage: async (url) =>
      url === storage.url ? storage : openLocal(url.slice('file:'.length)),
    report: () => undefined,
    signal: new AbortController().signal,
  }
  const machine: Machine = {
    folder,
    context,
    write: async (files) => {
      for (const [name, content] of Object.entries(files)) {
        const path = join(migrations, name)
        if (content === undefined) await rm(path)
        else {
          await mkdir(dirname(path), {recursive: true})
          await writeFile(path, content)
        }
      }
    },
    build: (version, {base, merge, ...options} = {}) =>
      build(context, {
        version: parseVersion(version),
        base: base === undefined ? undefined : parseVersion(base),
        merge: merge === undefined ? undefined : parseVersion(merge),
        dryRun: false,
        allowEmpty: false,
        noParse: false,
        offline: false,
        toolVersion: '1.2.3',
        sourceDateEpoch: 1_700_000_000,
        ...options,
      }),
    push: (reference, {tags = [], force = false} = {}) => push(context, {reference, tags, force}),
    release: async (version, files, options) => {
      await machine.write(files)
      await machine.build(version, options)
      return machine.push(version)
    },
    pull: (reference) => pull(context, {reference}),
    releases: async (reference) => (await show(context, reference)).releases,
    apply: (url, input = {}) =>
      apply(context, {
        database: databaseAt(url),
        author: {by: 'tester', host: 'here', toolVersion: '1.2.3'},
        dryRun: false,
        allowAhead: false,
        allowNonempty: false,
        offline: false,
        ...input,
      }),
    rollback: (url, to, input = {}) =>
      rollback(context, {
        to: to === undefined ? undefined : parseVersion(to),
        database: databaseAt(url),
        author: {by: 'tester', host: 'here', toolVersion: '1.2.3'},
        dryRun: false,
        offline: false,
        ...input,
      }),
    baseline: (url, reference, input = {}) =>
      baseline(context, {
        reference,
        database: databaseAt(url),
        author: {by: 'tester', host: 'here', toolVersion: '1.2.3'},
        dryRun: false,
        offline: false,
        ...input,
      }),
    verify: (url, reference) =>
      verify(context, {
        reference,
        database: url === undefined ? undefined : databaseAt(url),
        offline: false,
      }),
    status: (url, reference) =>
      status(context, {reference, database: databaseAt(url), offline: false}),
    git: (...args) =>
      execFileSync('git', [
        '-C',
        folder,
        '-c',
        'user.name=a',
        '-c',
        'user.email=a@example.com',
        ...args,
      ])
        .toString()
        .trim(),
  }
  return machine
}

/** The settings that a configuration with only a URL has. */
export function databaseAt(url: string): DatabaseSettings {
  return {url, schema: 'squizzle', transaction: 'release', lockTimeout: '5s', waitLock: 60}
}

/** Blobs that a cache or layout holds, by hex. */
export async function blobsIn(folder: string): Promise<string[]> {
  return (await readdir(join(folder, 'blobs/sha256'))).toSorted()
}
