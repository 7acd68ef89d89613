import {SquizzleError} from '../errors.ts'

/** One of the servers that a URL names. */
export interface Host {
  /** A name, an address, or the folder of a Unix socket; absent for the default. */
  readonly host?: string
  readonly port?: number
}

const hostPattern = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]*))(?::(?<port>\d{1,5}))?$/

/**
 * The servers of a URL in their order, as libpq reads them: `one:5432,two` between the slashes, else lists in the
 * parameters `host` and `port`, where a single port is everybody's.
 * @param decode takes the percent-encoding away
 * @throws CONFIG_INVALID
 */
export function parseHosts(
  authority: string,
  parameters: Readonly<Record<string, string>>,
  decode: (text: string) => string,
): readonly Host[] {
  const ports = (parameters['port'] ?? '').split(',')
  const named = authority.split(',').map((text) => parseHost(text, decode))
  const hosts = named.some(({host}) => host !== '')
    ? named
    : (parameters['host'] ?? '')
        .split(',')
        .map((host, index) => ({...named[0], ...named[index], host}))
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw invalidUrl(
      `names ${hosts.length} hosts and ${ports.length} ports`,
      'Give one port, or as many as hosts.',
    )
  }
  return hosts.map(({host, port = ''}, index) => {
    const number = parsePort(port || (ports[index] ?? ports[0] ?? ''))
    return {...(host === '' ? {} : {host}), ...(number === undefined ? {} : {port: number})}
  })
}

/** `one:5433,[::1]`, as a URL has it. */
export function describeHosts(hosts: readonly Host[]): string {
  return hosts
    .map(({host = 'localhost', port}) => {
      const named = host.includes(':') ? `[${host}]` : encodeURIComponent(host)
      return port === undefined ? named : `${named}:${port}`
    })
    .join(',')
}

export function invalidUrl(what: string, hint: string): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', `the database URL ${what}`, {hint})
}

function parseHost(
  text: string,
  decode: (text: string) => string,
): {readonly host: string; readonly port?: string} {
  const parts = hostPattern.exec(text)?.groups
  if (parts === undefined) {
    throw invalidUrl(
      'has a host or port that cannot be read',
      "Percent-encode the password's special characters: @ as %40, / as %2F, ? as %3F.",
    )
  }
  return {host: parts['v6'] ?? decode(parts['name'] ?? ''), port: parts['port'] ?? ''}
}

function parsePort(text: string): number | undefined {
  if (text === '') return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw invalidUrl('has a port that is no port', 'Use a number from 1 to 65535.')
}
