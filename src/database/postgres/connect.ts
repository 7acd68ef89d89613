import type {ClientConfig} from 'pg'
import {ClientSession} from '../client/client-session.ts'
import type {WireClient} from '../client/wire.ts'
import {inspectServer} from '../server.ts'
import type {Session} from '../session.ts'
import type {PostgresUrl} from '../url.ts'
import {cancelRunning} from './cancel.ts'
import {requireChannelBinding} from './channel-binding.ts'
import {explainConnectError, isRefusedByHostRule, isTlsAbsent} from './connect-errors.ts'
import {tlsAttempts} from './tls.ts'
import type {TlsAttempt} from './tls.ts'

/** Seconds for a connection to be made and logged in, unless the URL says `connect_timeout`. */
const connectTimeout = 10

/** Milliseconds of silence after which the system probes whether the other end still lives. */
const keepAliveDelay = 30_000

/** @throws as `openDatabase` says */
export async function connectPostgres(url: PostgresUrl, name: string): Promise<Session> {
  const seconds = Number(url.parameters['connect_timeout']) || connectTimeout
  const session = await login(url, name, seconds).catch((error: unknown) => {
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

/** Tries with TLS and without, as `sslmode` allows. */
async function login(url: PostgresUrl, name: string, seconds: number): Promise<ClientSession> {
  const [first = false, second] = await tlsAttempts(
    url.parameters,
    url.host?.startsWith('/') === true,
  )
  try {
    return await attempt(url, name, seconds, first)
  } catch (error) {
    if (second === undefined || !(isTlsAbsent(error) || isRefusedByHostRule(error))) throw error
    return attempt(url, name, seconds, second)
  }
}

async function attempt(
  url: PostgresUrl,
  name: string,
  seconds: number,
  tls: TlsAttempt,
): Promise<ClientSession> {
  const {Client} = await import('pg')
  const client = new Client(clientConfig(url, seconds, tls)) as WireClient
  const checkBinding =
    url.parameters['channel_binding'] === 'require'
      ? requireChannelBinding(client.connection)
      : undefined
  const session = new ClientSession(client, {
    engine: 'postgresql',
    name,
    cancel: () => cancelRunning(client, {host: client.host, port: client.port, tls}),
    reopen: () => connectPostgres(url, name),
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

function clientConfig(url: PostgresUrl, seconds: number, tls: TlsAttempt): ClientConfig {
  const {parameters, engine: _, ...address} = url
  return {
    ...address,
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
