import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import * as v from 'valibot'
import type {ConfigFlags} from '../../src/config/inputs.ts'
import {loadConfig} from '../../src/config/load.ts'
import type {ConfigBackend, LoadedConfig} from '../../src/config/settings.ts'
import {SquizzleError} from '../../src/errors.ts'

/** Stand-ins with the keys of the product's own backends. */
export const backends: readonly ConfigBackend[] = [
  {
    type: 'oci',
    urlForm: 'oci://host/repository',
    secrets: ['auth.password'],
    configSchema: v.strictObject({
      registry: v.string(),
      repository: v.string(),
      auth: v.optional(v.strictObject({username: v.optional(v.string()), password: v.string()})),
      plainHttp: v.optional(v.boolean()),
      insecure: v.optional(v.boolean()),
      caFile: v.optional(v.string()),
      latest: v.optional(v.boolean(), true),
    }),
    fromUrl: (url) => {
      const [, registry, repository] = /^oci:\/\/([^/]+)\/(.+)$/.exec(url) ?? []
      return registry === undefined ? undefined : {registry, repository}
    },
  },
  {
    type: 's3',
    urlForm: 's3://bucket/prefix',
    secrets: ['key'],
    configSchema: v.strictObject({
      bucket: v.string(),
      region: v.optional(v.string()),
      prefix: v.optional(v.string()),
      endpoint: v.optional(v.string()),
      forcePathStyle: v.optional(v.boolean()),
      key: v.optional(v.string()),
    }),
    fromUrl: (url) => {
      const [, bucket, prefix] = /^s3:\/\/([^/?]+)\/?([^?]*)/.exec(url) ?? []
      return bucket === undefined ? undefined : {bucket, prefix}
    },
  },
  {
    type: 'local',
    urlForm: 'file:./folder',
    configSchema: v.strictObject({path: v.string()}),
    fromUrl: (url) => (url.startsWith('file:') ? {path: url.slice('file:'.length)} : undefined),
  },
]

export type Env = Readonly<Record<string, string | undefined>>

export interface Project {
  readonly folder: string
  readonly load: (options?: LoadOptions) => Promise<LoadedConfig>
  readonly write: (path: string, text: string) => Promise<void>
}

export interface LoadOptions {
  readonly env?: Env
  readonly flags?: ConfigFlags
  /** Below the project's folder. */
  readonly cwd?: string
}

/** A folder with these files that is a repository of its own, so that nothing above it is looked at. */
export async function withProject<T>(
  files: Readonly<Record<string, string>>,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'squizzle-config-'))
  const write = async (path: string, text: string) => {
    const file = join(folder, path)
    await mkdir(dirname(file), {recursive: true})
    await writeFile(file, text)
    // Whatever the umask: a warning about a readable file is only for the tests that ask for it.
    await chmod(file, 0o600)
  }
  const load = ({env = {}, flags = {}, cwd = '.'}: LoadOptions = {}) =>
    loadConfig({cwd: join(folder, cwd), env, flags, backends})
  try {
    await mkdir(join(folder, '.git'))
    for (const [path, text] of Object.entries(files)) await write(path, text)
    return await work({folder, load, write})
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** Loads a project whose only file is `squizzle.config.json` with this content. */
export async function loadJson(config: unknown, options?: LoadOptions): Promise<LoadedConfig> {
  return withProject({'squizzle.config.json': JSON.stringify(config)}, ({load}) => load(options))
}

/** The error that the work must end with. */
export async function failure(work: Promise<unknown>): Promise<SquizzleError> {
  try {
    await work
  } catch (error) {
    if (error instanceof SquizzleError) return error
    throw error
  }
  throw new Error('expected an error')
}

/** All that a person or a machine may be shown of an error. */
export function shown(error: SquizzleError): string {
  const {code, message, hint, details, cause} = error
  const reason = cause instanceof Error ? `${cause.message} ${cause.stack}` : ''
  return JSON.stringify({code, message, hint, details}) + message + (hint ?? '') + reason
}
