import {randomBytes} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'
import {Client} from 'pg'
import {service} from './services.ts'
import type {postgresServers} from './services.ts'

export type PostgresServer = (typeof postgresServers)[number] | 'pgbouncer' | 'pgbouncer-session'

/** Runs the work with the URL of a fresh, empty database, and drops the database after. */
export function withTestDatabase<T>(
  server: PostgresServer,
  work: (url: string) => Promise<T>,
): Promise<T> {
  return withDatabaseAt(service(server).url, work)
}

/** A database on a primary, and the same on its hot standby. */
export interface Replica {
  readonly primary: string
  readonly standby: string
  /** Waits until the standby has all that the primary has committed. */
  readonly replicated: () => Promise<void>
}

/** Runs the work with a fresh database, as `withTestDatabase` does, that a standby follows. */
export function withReplica<T>(work: (replica: Replica) => Promise<T>): Promise<T> {
  const {url, primaryUrl} = service('postgres15-standby')
  return withDatabaseAt(primaryUrl, async (primary) => {
    const replicated = () => untilReplayed(primaryUrl, url)
    await replicated()
    const standby = Object.assign(new URL(url), {pathname: new URL(primary).pathname}).href
    return work({primary, standby, replicated})
  })
}

async function untilReplayed(primaryUrl: string, standbyUrl: string): Promise<void> {
  const end = 'select pg_current_wal_insert_lsn() as lsn'
  const lsn: string = await withClient(primaryUrl, async (primary) => {
    const {rows} = await primary.query(end)
    // a commit that need not be flushed (synchronous_commit off) is sent only once it is
    await primary.query(
      "set synchronous_commit to on; select pg_logical_emit_message(true, '', '')",
    )
    return rows[0].lsn
  })
  await withClient(standbyUrl, async (standby) => {
    const reached = `select pg_last_wal_replay_lsn() >= '${lsn}' as reached`
    while (!(await standby.query(reached)).rows[0].reached) await sleep(20)
  })
}

async function withDatabaseAt<T>(url: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await withClient(url, (admin) => admin.query(`create database ${name}`))
  try {
    return await work(Object.assign(new URL(url), {pathname: name}).href)
  } finally {
    await withClient(url, (admin) => admin.query(`drop database ${name} with (force)`))
  }
}

/** Runs the work with a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
