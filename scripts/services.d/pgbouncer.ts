import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {giveToServer} from './owner.ts'
import {partPath} from './parts.ts'
import {freePort} from './port.ts'
import {postgres, query} from './postgres.ts'
import type {Postgres} from './postgres.ts'
import {startServer, stopServers} from './process.ts'
import type {Service, Started} from './service.ts'

export interface Pooler extends Postgres {
  /** The same database past the pooler. */
  readonly directUrl: string
}

type Mode = 'transaction' | 'session'

/** PgBouncer before a PostgreSQL 15 of its own; `url` goes through it. */
export function pgbouncer(mode: Mode): Service<Pooler> {
  return {parts: ['pgbouncer', 'postgres15'], start: (folder) => startPooler(folder, mode)}
}

async function startPooler(folder: string, mode: Mode): Promise<Started<Pooler>> {
  const below = join(folder, 'postgres')
  await mkdir(below, {mode: 0o700})
  giveToServer(below)
  const server = await postgres('postgres15').start(below)
  try {
    const port = await freePort()
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    const log = join(folder, 'log')
    const config = join(folder, 'pgbouncer.ini')
    await writeConfig(folder, config, mode, port, server.facts.port)
    const pooler = await startServer({
      command: partPath('pgbouncer'),
      args: ['--quiet', config],
      folder,
      output: log,
      log,
      stopSignal: 'SIGINT',
      answers: () => query(url, 'select 1'),
    })
    const facts = {...server.facts, port, url, log, directUrl: server.facts.url}
    return {processes: [...server.processes, pooler], facts}
  } catch (error) {
    await stopServers(server.processes)
    throw error
  }
}

async function writeConfig(
  folder: string,
  config: string,
  mode: Mode,
  port: number,
  serverPort: number,
): Promise<void> {
  const users = join(folder, 'users')
  await writeFile(users, '"postgres" ""\n')
  await writeFile(
    config,
    `[databases]
* = host=127.0.0.1 port=${serverPort}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
`,
  )
}
