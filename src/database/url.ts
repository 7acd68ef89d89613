import {describeHosts, invalidUrl, parseHosts} from './hosts.ts'
import type {Host} from './hosts.ts'

/** Where a database is, parsed. */
export type DatabaseUrl = PostgresUrl | PgliteUrl

export interface PostgresUrl {
  readonly engine: 'postgresql'
  readonly user?: string
  readonly password?: string
  /** At least one, in the order in which they are tried. */
  readonly hosts: readonly Host[]
  readonly database?: string
  /** `sslmode`, `connect_timeout`, `application_name`, ...: what isn't known is ignored, as other tools add their own. */
  readonly parameters: Readonly<Record<string, string>>
}

export interface PgliteUrl {
  readonly engine: 'pglite'
  /** Absent for one in memory. */
  readonly folder?: string
}

const postgresPattern =
  /^postgres(?:ql)?:\/\/(?:(?<userinfo>[^/?]*)@)?(?<hosts>[^/?@]*)(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s

/**
 * Reads a database URL as libpq does; nothing of it is repeated in an error, as it may hold a password.
 * @throws CONFIG_INVALID
 */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  if (url === 'pglite:memory') return {engine: 'pglite'}
  if (url.startsWith('pglite:')) {
    const folder = url.slice('pglite:'.length)
    if (folder === '')
      throw invalidUrl('names no folder', 'Write pglite:<folder> or pglite:memory.')
    return {engine: 'pglite', folder}
  }
  const parts = postgresPattern.exec(url)?.groups
  if (parts === undefined) {
    throw invalidUrl(
      'cannot be read',
      "Write postgres://user:password@host:port/database, with the password's special characters percent-encoded, or pglite:<folder>.",
    )
  }
  const [user, password] = splitOnce(parts['userinfo'] ?? '', ':')
  const parameters = parseQuery(parts['query'] ?? '')
  return {
    engine: 'postgresql',
    parameters,
    hosts: parseHosts(parts['hosts'] ?? '', parameters, decode),
    ...present('user', decode(user) || parameters['user']),
    ...present('password', decode(password) || parameters['password']),
    ...present('database', decode(parts['database'] ?? '') || parameters['dbname']),
  }
}

/** The URL as people may see it: without the password and the parameters. */
export function describeUrl(url: string): string {
  return describeDatabase(parseDatabaseUrl(url))
}

/** The same of a parsed one. */
export function describeDatabase(parsed: DatabaseUrl): string {
  if (parsed.engine === 'pglite') return `pglite:${parsed.folder ?? 'memory'}`
  const {user, hosts, database = ''} = parsed
  const at = user === undefined ? '' : `${encodeURIComponent(user)}@`
  return `postgres://${at}${describeHosts(hosts)}/${encodeURIComponent(database)}`
}

function parseQuery(query: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>
  for (const pair of query.split('&')) {
    const [name, value] = splitOnce(pair, '=')
    if (name !== '') parameters[decode(name)] = decode(value)
  }
  return parameters
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidUrl(
      'has a percent sign that encodes nothing',
      'Write a percent sign itself as %25.',
    )
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): {[K in Key]?: Value} {
  return value === undefined || value === '' ? {} : ({[key]: value} as {[K in Key]: Value})
}
