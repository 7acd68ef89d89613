import {execFile} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {serverUser} from './owner.ts'
import {partPath} from './parts.ts'
import type {PartName} from './parts.ts'
import {freePort} from './port.ts'
import {startServer, stopServers} from './process.ts'
import type {ServerProcess} from './process.ts'
import type {Service} from './service.ts'

export interface Postgres {
  readonly major: number
  readonly host: string
  readonly port: number
  /** The superuser, who needs no password, in the database "postgres". */
  readonly url: string
  /** A role without rights of its own that must give its password (scram-sha-256). */
  readonly app: {readonly user: string; readonly password: string}
  readonly log: string
}

/** What a crash of the machine would lose is no loss here. */
const notDurable = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Roles that a test makes log in by password as well. */
const hostBasedAuthentication = `
host all postgres 127.0.0.1/32 trust
host all all      127.0.0.1/32 scram-sha-256
`

/** A PostgreSQL server of one major version. */
export function postgres(part: PartName & `postgres${number}`): Service<Postgres> {
  return {
    parts: [part],
    async start(folder) {
      const data = join(folder, 'data')
      await initialise(partPath(part), folder, data)
      const {server, url, port, log} = await runPostgres(folder, data, part)
      const app = {user: 'app', password: randomBytes(12).toString('hex')}
      await query(url, `create role ${app.user} login password '${app.password}'`).catch(
        async (error: unknown) => {
          await stopServers([server])
          throw error
        },
      )
      const major = Number(part.slice('postgres'.length))
      return {processes: [server], facts: {major, host: '127.0.0.1', port, url, app, log}}
    },
  }
}

export interface RunOptions {
  /** Default: a free one. */
  readonly port?: number
  /** PostgreSQL's own settings for what must survive a crash. Default: false. */
  readonly durable?: boolean
}

/** Starts the server of a data folder. */
export async function runPostgres(
  folder: string,
  data: string,
  part: PartName & `postgres${number}` = 'postgres15',
  {port: wanted, durable = false}: RunOptions = {},
): Promise<Pick<Postgres, 'url' | 'port' | 'log'> & {readonly server: ServerProcess}> {
  const port = wanted ?? (await freePort())
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const log = join(folder, 'log')
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    ...(durable ? [] : notDurable),
  ]
  const server = await startServer({
    command: join(partPath(part), 'postgres'),
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    folder,
    output: log,
    log,
    stopSignal: 'SIGINT', // PostgreSQL's "fast shutdown"
    answers: () => query(url, 'select 1'),
  })
  return {server, url, port, log}
}

/** Makes the data of a new server. */
export async function initialise(bin: string, folder: string, data: string): Promise<void> {
  const options = ['--username=postgres', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8']
  await promisify(execFile)(join(bin, 'initdb'), ['--pgdata', data, '--auth=trust', ...options], {
    ...serverUser,
    cwd: folder,
    env: {PATH: process.env['PATH'], LC_ALL: 'C'},
  })
  await writeFile(join(data, 'pg_hba.conf'), hostBasedAuthentication)
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, sql: string): Promise<void> {
  const {Client} = await import('pg')
  const client = new Client(url)
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
  }
}
