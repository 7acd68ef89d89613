import {chmod, mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {giveToServer} from '../../services.d/owner.ts'
import {partPath} from '../../services.d/parts.ts'
import {initialise, runPostgres} from '../../services.d/postgres.ts'
import {stopServers} from '../../services.d/process.ts'
import {withTempDir} from '../../../src/files/temp.ts'

/** A server of the figure's own, as durable as PostgreSQL is by default. */
export interface Cluster {
  readonly url: string
  /** As `pg_ctl restart -m immediate` does it: without a word to anybody, and with a recovery from the log. */
  readonly crash: () => Promise<void>
}

const part = 'postgres15'

/** Runs the work with a new server, which is gone after. */
export async function withCluster(work: (cluster: Cluster) => Promise<void>): Promise<void> {
  await withTempDir(async (root) => {
    await chmod(root, 0o711)
    const folder = join(root, 'postgres')
    await mkdir(folder, {mode: 0o700})
    giveToServer(folder)
    const data = join(folder, 'data')
    await initialise(partPath(part), folder, data)
    let {server, url, port} = await runPostgres(folder, data, part, {durable: true})
    const crash = async () => {
      await stopServers([{...server, stopSignal: 'SIGQUIT'}])
      ;({server} = await runPostgres(folder, data, part, {durable: true, port}))
    }
    try {
      await work({url, crash})
    } finally {
      await stopServers([server])
    }
  })
}
