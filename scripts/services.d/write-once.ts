import {join} from 'node:path'
import {answersWith} from './answers.ts'
import type {Registry} from './distribution.ts'
import {partPath} from './parts.ts'
import {freePort} from './port.ts'
import {startServer} from './process.ts'
import type {Service} from './service.ts'

/** The registry of write-once/main.go: below `locked/` a tag stays where it is. */
export const writeOnce: Service<Registry> = {
  parts: ['write-once-registry'],
  async start(folder) {
    const address = `127.0.0.1:${await freePort()}`
    const url = `http://${address}`
    const accessLog = join(folder, 'access.log')
    const log = join(folder, 'log')
    const server = await startServer({
      command: partPath('write-once-registry'),
      args: ['-listen', address],
      folder,
      output: accessLog,
      log,
      stopSignal: 'SIGTERM',
      answers: () => answersWith(200, `${url}/v2/`),
    })
    return {processes: [server], facts: {address, url, accessLog, log}}
  },
}
