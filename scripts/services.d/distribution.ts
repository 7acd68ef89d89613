import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {partPath} from './parts.ts'
import {freePort} from './port.ts'
import {startServer} from './process.ts'
import type {Service} from './service.ts'

export interface Registry {
  /** Host and port, as in a reference: `<address>/<repository>:<tag>`. */
  readonly address: string
  readonly url: string
  /** One line a request, in Apache's combined format. */
  readonly accessLog: string
  readonly log: string
  /** For `<program> garbage-collect <config>`. */
  readonly program: string
  readonly config: string
  /** The folder in which the registry keeps its blobs. */
  readonly data: string
}

/** The CNCF distribution registry, as Debian packs it: everybody may do everything. */
export const distribution: Service<Registry> = {
  parts: ['docker-registry'],
  async start(folder) {
    const program = partPath('docker-registry')
    const address = `127.0.0.1:${await freePort()}`
    const url = `http://${address}`
    const config = join(folder, 'config.yml')
    const data = join(folder, 'data')
    const accessLog = join(folder, 'access.log')
    const log = join(folder, 'log')
    await writeFile(
      config,
      JSON.stringify({
        version: '0.1',
        // no cache of blob descriptors: a test may take blobs away below the running registry
        storage: {filesystem: {rootdirectory: data}, delete: {enabled: true}},
        http: {addr: address, secret: 'one process needs no shared secret'},
      }),
    )
    const process = await startServer({
      command: program,
      args: ['serve', config],
      folder,
      env: {OTEL_TRACES_EXPORTER: 'none'},
      output: accessLog,
      log,
      stopSignal: 'SIGTERM',
      answers: () => expectAnswer(`${url}/v2/`),
    })
    return {process, facts: {address, url, accessLog, log, program, config, data}}
  },
}

async function expectAnswer(url: string): Promise<void> {
  const response = await fetch(url)
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`)
}
