import {randomBytes} from 'node:crypto'
import {Client} from 'pg'
import {withClient} from '../../../test/support/database.ts'

/** Runs the work with a database of its own: empty, or a copy of another one. */
export async function withCopy<T>(
  server: string,
  template: string | undefined,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const name = `torture_${randomBytes(6).toString('hex')}`
  const from = template === undefined ? '' : ` template ${nameOf(template)}`
  await withClient(server, (admin) => admin.query(`create database ${name}${from}`))
  try {
    return await work(Object.assign(new URL(server), {pathname: name}).href)
  } finally {
    await withClient(server, (admin) => admin.query(`drop database ${name} with (force)`))
  }
}

/** The same with several copies. */
export function withCopies<T>(
  server: string,
  template: string,
  count: number,
  work: (urls: string[]) => Promise<T>,
): Promise<T> {
  if (count === 0) return work([])
  return withCopy(server, template, (url) =>
    withCopies(server, template, count - 1, (urls) => work([...urls, url])),
  )
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

/** The rows of one query on a connection of its own, which the server may break. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url)
  // what broke, the query or the connecting says
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
