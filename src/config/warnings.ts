import {readFile, stat} from 'node:fs/promises'
import type {StorageConfig} from './define.ts'
import type {ConfigSource} from './file/source.ts'
import type {LoadInput} from './inputs.ts'
import type {Sources} from './layers/gather.ts'
import {boundToRegistry} from './layers/merge-storage.ts'
import {withoutEmptyAuth} from './registry.ts'
import {leavesOf, valueAt} from './tree.ts'

/** What a person should be told each time: the configuration is valid, and may not be what they think. */
export async function warningsOf(
  {env}: LoadInput,
  {file}: ConfigSource,
  sources: Sources,
  usedStorage: StorageConfig | undefined,
): Promise<string[]> {
  const embedded = 'no configuration file: using the embedded database in .squizzle/database'
  return [
    ...overrideWarnings(sources, env),
    ...unusedWarnings(sources.configuredStorage, usedStorage),
    ...(file ? await readableSecretWarnings(file) : []),
    ...(sources.embedded ? [embedded] : []),
  ]
}

/** A variable that wins over what the environment, asked for by name, says. */
function overrideWarnings({environment, variables}: Sources, env: LoadInput['env']): string[] {
  if (environment === undefined) return []
  const name = environment.prefix.slice('environments.'.length, -1)
  const written = environment.values
  const values = variables.flatMap(({origin, values: ofVariable}) =>
    leavesOf(ofVariable)
      .filter(([path, value]) => isWritten(written, path) && valueAt(written, path) !== value)
      .map(([path]) => `${origin} overrides ${path} of environment ${name}`),
  )
  const password = valueAt(written, 'storage.config.auth.password')
  if (!password || !env['OCI_PASSWORD'] || env['OCI_PASSWORD'] === password) return values
  return [...values, `OCI_PASSWORD overrides storage.config.auth of environment ${name}`]
}

/** Also where what is written is `undefined`. */
function isWritten(tree: object, path: string): boolean {
  const keys = path.split('.')
  const parent = keys.length === 1 ? tree : valueAt(tree, keys.slice(0, -1).join('.'))
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, keys.at(-1) ?? '')
}

/** What is configured about one registry is not used for another, which may surprise. */
function unusedWarnings(
  configured: StorageConfig | undefined,
  used: StorageConfig | undefined,
): string[] {
  if (configured === undefined || used === undefined || configured.type !== used.type) return []
  const [before, after] = [configured, used].map((it) => withoutEmptyAuth(it).config ?? {})
  if (before === undefined || after === undefined) return []
  const unused = boundToRegistry.filter((key) => key in before && !(key in after))
  if (unused.length === 0) return []
  const names = unused.map((key) => `storage.config.${key}`).join(', ')
  const [from, to] = [before['registry'], after['registry']].map(String)
  return [`${names}: written for ${from}, not used for ${to}`]
}

/** Bit of a file's mode: every user of the machine may read it. */
const readableByAll = 0o004

/** A secret written out in a file that everyone may read. */
async function readableSecretWarnings({
  path,
  label,
  secrets,
}: NonNullable<ConfigSource['file']>): Promise<string[]> {
  if (secrets.length === 0 || process.platform === 'win32') return []
  const {mode} = await stat(path)
  if ((mode & readableByAll) === 0) return []
  const text = await readFile(path, 'utf8')
  if (!secrets.some((secret) => text.includes(secret))) return []
  return [
    `${label} holds a secret and every user of this machine can read it: take it from a variable, or chmod 600 ${label}`,
  ]
}
