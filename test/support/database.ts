import {randomBytes} from 'node:crypto'
import {Client} from 'pg'
import {service} from './services.ts'
import type {postgresServers} from './services.ts'

export type PostgresServer = (typeof postgresServers)[number] | 'pgbouncer'

/** Runs the work with the URL of a fresh, empty database, and drops the database after. */
export async function withTestDatabase<T>(
  server: PostgresServer,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const {url} = service(server)
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
