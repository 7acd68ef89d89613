import {execFile} from 'node:child_process'
import {appendFile, mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {giveToServer, serverUser} from './owner.ts'
import {partPath} from './parts.ts'
import {postgres, runPostgres} from './postgres.ts'
import type {Postgres} from './postgres.ts'
import {stopServers} from './process.ts'
import type {Service} from './service.ts'

export interface Standby extends Postgres {
  /** The server that it follows, on which its databases are made. */
  readonly primaryUrl: string
}

/** What lets a base backup in, and the standby that follows. */
const replication = 'host replication postgres 127.0.0.1/32 trust\n'

/** A hot standby, made by pg_basebackup from a PostgreSQL 15 of its own; `url` leads to the standby. */
export const standby: Service<Standby> = {
  parts: ['postgres15'],
  async start(folder) {
    const above = join(folder, 'primary')
    await mkdir(above, {mode: 0o700})
    giveToServer(above)
    const primary = await postgres('postgres15').start(above)
    try {
      const {url: primaryUrl, port, app} = primary.facts
      await appendFile(join(above, 'data/pg_hba.conf'), replication)
      const bin = partPath('postgres15')
      const run = (program: string, ...args: string[]) =>
        promisify(execFile)(join(bin, program), args, {...serverUser, cwd: folder})
      await run('pg_ctl', 'reload', '--pgdata', join(above, 'data'))
      const data = join(folder, 'data')
      const source = `--dbname=postgres://postgres@127.0.0.1:${port}`
      await run(
        'pg_basebackup',
        source,
        `--pgdata=${data}`,
        '--write-recovery-conf',
        '--checkpoint=fast',
        '--no-sync',
      )
      const {server, ...place} = await runPostgres(folder, data)
      const facts = {...primary.facts, ...place, app, primaryUrl}
      return {processes: [...primary.processes, server], facts}
    } catch (error) {
      await stopServers(primary.processes)
      throw error
    }
  },
}
