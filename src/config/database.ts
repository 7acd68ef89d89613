import {SquizzleError} from '../errors.ts'
import {parseDatabaseUrl} from './database-url.ts'
import type {DatabaseConfig} from './define.ts'
import type {Layer} from './layers/layers.ts'
import type {Problem} from './problems/problems.ts'
import type {DatabaseSettings, LoadedConfig} from './settings.ts'

/** Used only where there is no configuration file, no DATABASE_URL and no CI. */
export const defaultDatabaseUrl = 'pglite:.squizzle/database'

const defaults = {
  schema: 'squizzle',
  transaction: 'release',
  lockTimeout: '5s',
  waitLock: 60,
} as const satisfies Omit<DatabaseSettings, 'url'>

/**
 * The database that is configured, or the problems of its URLs.
 * An undefined or empty URL is no database, never another one.
 */
export function databaseSettings(
  config: DatabaseConfig = {},
  root: string,
): {readonly database?: DatabaseSettings; readonly problems: readonly Problem[]} {
  const {url = '', directUrl = '', ...rest} = config
  if (url.trim() === '') return {problems: []}
  const main = parseDatabaseUrl(url, root, 'database.url')
  const direct = directUrl.trim() === '' ? undefined : parseDirectUrl(directUrl, root)
  if (main.ok && (direct === undefined || direct.ok)) {
    const given = rest as Partial<DatabaseSettings>
    const urls = {url: main.url, ...(direct && {directUrl: direct.url})}
    return {database: {...urls, ...defaults, ...given}, problems: []}
  }
  return {problems: [main, direct].flatMap((it) => (it && !it.ok ? [it.problem] : []))}
}

function parseDirectUrl(url: string, root: string): ReturnType<typeof parseDatabaseUrl> {
  const path = 'database.directUrl'
  const parsed = parseDatabaseUrl(url, root, path)
  if (!parsed.ok || /^postgres/i.test(parsed.url)) return parsed
  const found = 'the URL of an embedded database'
  return {ok: false, problem: {path, found, expected: 'the URL of a PostgreSQL server'}}
}

/** Where the URL should have come from, and how to give it. */
export function missingDatabaseHint(layers: readonly Layer[], label: string | undefined): string {
  if (label === undefined) {
    return 'Set DATABASE_URL, or database.url in a squizzle.config.js. In CI the embedded database must be asked for.'
  }
  // `database: undefined` takes the URL away just as `database: {url: undefined}` does.
  const writer = layers.findLast(
    ({values}) => 'database' in values && 'url' in (values.database ?? {url: undefined}),
  )
  if (writer === undefined) return `Set database.url in ${label}, or DATABASE_URL.`
  const state = writer.values.database?.url === undefined ? 'undefined' : 'empty'
  return `${writer.prefix}database.url in ${label} is ${state}: set the variable that it comes from, or DATABASE_URL.`
}

/** @throws NO_DATABASE saying where one should be configured */
export function requireDatabase({
  settings,
  databaseHint,
}: Pick<LoadedConfig, 'settings' | 'databaseHint'>): DatabaseSettings {
  if (settings.database) return settings.database
  throw new SquizzleError('NO_DATABASE', 'no database configured', {
    hint: databaseHint ?? 'Set DATABASE_URL.',
  })
}
