import {SquizzleError} from '../errors.ts'

/** Where a database is, parsed. */
export type DatabaseUrl = PostgresUrl | PgliteUrl

export interface PostgresUrl {
  readonly engine: 'postgresql'
  readonly user?: string
  readonly password?: string
  /** A name, an address, or the folder of a Unix socket; absent for the default. */
  readonly host?: string
  readonly port?: number
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

const hostPattern = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]*))(?::(?<port>\d{1,5}))?$/

/**
 * Reads a database URL as libpq does; nothing of it is repeated in an error, as it may hold a password.
 * @throws CONFIG_INVALID
 */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  if (url === 'pglite:memory') return {engine: 'pglite'}
  if (url.startsWith('pglite:')) {
    const folder = url.slice('pglite:'.length)
    if (folder === '') throw invalid('names no folder', 'Write pglite:<folder> or pglite:memory.')
    return {engine: 'pglite', folder}
  }
  const parts = postgresPattern.exec(url)?.groups
  if (parts === undefined) {
    throw invalid(
      'cannot be read',
      "Write postgres://user:password@host:port/database, with the password's special characters percent-encoded, or pglite:<folder>.",
    )
  }
  const [user, password] = splitOnce(parts['userinfo'] ?? '', ':')
  const parameters = parseQuery(parts['query'] ?? '')
  const {host, port} = parseHost(parts['hosts'] ?? '')
  return {
    engine: 'postgresql',
    parameters,
    ...present('user', decode(user) || parameters['user']),
    ...present('password', decode(password) || parameters['password']),
    ...present('host', host || parameters['host']),
    ...present('database', decode(parts['database'] ?? '') || parameters['dbname']),
    ...present('port', parsePort(port || parameters['port'])),
  }
}

/** The URL as people may see it: without the password and the parameters. */
export function describeUrl(url: string): string {
  const parsed = parseDatabaseUrl(url)
  if (parsed.engine === 'pglite') return `pglite:${parsed.folder ?? 'memory'}`
  const {user, host = 'localhost', port, database = ''} = parsed
  const named = host.includes(':') ? `[${host}]` : encodeURIComponent(host)
  const at = user === undefined ? '' : `${encodeURIComponent(user)}@`
  return `postgres://${at}${named}${port === undefined ? '' : `:${port}`}/${encodeURIComponent(database)}`
}

function parseHost(text: string): {host: string; port: string} {
  if (text.includes(',')) {
    throw invalid('names several hosts', 'Name one: the primary, or an address that leads to it.')
  }
  const parts = hostPattern.exec(text)?.groups
  if (parts === undefined) {
    throw invalid(
      'has a host or port that cannot be read',
      "Percent-encode the password's special characters: @ as %40, / as %2F, ? as %3F.",
    )
  }
  return {host: parts['v6'] ?? decode(parts['name'] ?? ''), port: parts['port'] ?? ''}
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw invalid('has a port that is no port', 'Use a number from 1 to 65535.')
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
    throw invalid('has a percent sign that encodes nothing', 'Write a percent sign itself as %25.')
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

function invalid(what: string, hint: string): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', `the database URL ${what}`, {hint})
}
