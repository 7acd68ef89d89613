import type {ClientConfig} from 'pg'
import {ClientSession} from '../client/client-session.ts'
import type {WireClient} from '../client/wire.ts'
import {inspectServer} from '../server.ts'
import type {Session} from '../session.ts'
import type {Host} from '../hosts.ts'
import {describeDatabase} from '../url.ts'
import type {PostgresUrl} from '../url.ts'
import {cancelRunning} from './cancel.ts'
import {requireChannelBinding} from './channel-binding.ts'
import {explainConnectError, isRefusedByHostRule, isTlsAbsent} from './connect-errors.ts'
import {firstWanted} from './several-hosts.ts'
import {tlsAttempts} from './tls.ts'
import type {TlsAttempt} from './tls.ts'

/** Seconds for a connection to be made and logged in, unless the URL says `connect_timeout`. */
const connectTimeout = 10

/** Milliseconds of silence after which the system probes whether the other end still lives. */
const keepAliveDelay = 30_000

/**
 * A session at the one server of the URL, or of several at the first that `target_session_attrs` wants.
 * @throws as `openDatabase` says
 */
export function connectPostgres(url: PostgresUrl): Promise<Session> {
  const reopen = () => connectPostgres(url)
  return firstWanted(url, (host) => connectHost({...url, hosts: [host]}, host, reopen))
}

async function connectHost(
  url: PostgresUrl,
  host: Host,
  reopen: () => Promise<Session>,
): Promise<Session> {
  const name = describeDatabase(url)
  const seconds = Number(url.parameters['connect_timeout']) || connectTimeout
  const session = await login({url, host, name, seconds, reopen}).catch((error: unknown) => {
    throw explainConnectError(error, name, seconds)
  })
  try {
    session.know(await inspectServer(session))
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

interface Login {
  readonly url: PostgresUrl
  readonly host: Host
  readonly name: string
  readonly seconds: number
  readonly reopen: () => Promise<Session>
}

/** Tries with TLS and without, as `sslmode` allows. */
async function login(wanted: Login): Promise<ClientSession> {
  const {url, host} = wanted
  const socket = host.host?.startsWith('/') === true
  const [first = false, second] = await tlsAttempts(url.parameters, socket)
  try {
    return await attempt(wanted, first)
  } catch (error) {
    if (second === undefined || !(isTlsAbsent(error) || isRefusedByHostRule(error))) throw error
    return attempt(wanted, second)
  }
}

async function attempt(wanted: Login, tls: TlsAttempt): Promise<ClientSession> {
  const {url, name, reopen} = wanted
  const {Client} = await import('pg')
  const client = new Client(clientConfig(wanted, tls)) as WireClient
  const checkBinding =
    url.parameters['channel_binding'] === 'require'
      ? requireChannelBinding(client.connection)
      : undefined
  const session = new ClientSession(client, {
    engine: 'postgresql',
    name,
    cancel: () => cancelRunning(client, {host: client.host, port: client.port, tls}),
    reopen,
    close: () => Promise.resolve(),
  })
  try {
    await client.connect()
    checkBinding?.()
    return session
  } catch (error) {
    client.connection.stream.destroy()
    throw error
  }
}

function clientConfig({url, host, seconds}: Login, tls: TlsAttempt): ClientConfig {
  const {parameters, engine: _engine, hosts: _hosts, ...account} = url
  return {
    ...account,
    ...host,
    application_name: parameters['application_name'] ?? 'squizzle',
    connectionTimeoutMillis: seconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelay,
    ssl: tls,
    enableChannelBinding: tls !== false && bindsChannel(parameters['channel_binding']),
    ...(parameters['options'] === undefined ? {} : {options: parameters['options']}),
    ...(parameters['sslnegotiation'] === 'direct' && tls !== false
      ? {sslnegotiation: 'direct' as const}
      : {}),
  }
}

/** Only where the URL asks for it: poolers that end the TLS themselves can't bind. */
function bindsChannel(parameter: string | undefined): boolean {
  return parameter === 'require' || parameter === 'prefer'
}
