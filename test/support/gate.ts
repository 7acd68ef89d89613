import {once} from 'node:events'
import {createServer, request, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'

/** Stands before an HTTP server and holds some of its requests back until as many have come as are waited for. */
export interface Gate {
  readonly url: string
  /** How many requests wait. */
  readonly waiting: () => number
}

/**
 * @param isHeld says which requests wait for each other; all others pass at once
 * @param together how many of them are let through at a time, in the order in which they came
 */
export async function withGate(
  target: string,
  isHeld: (request: IncomingMessage) => boolean,
  together: number,
  work: (gate: Gate) => Promise<void>,
): Promise<void> {
  const {hostname, port} = new URL(target)
  let held: (() => void)[] = []
  const server = createServer((incoming, answer) => {
    const pass = () => {
      const {method, url: path, headers} = incoming
      const outgoing = request({hostname, port, method, path, headers}, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      })
      outgoing.on('error', () => answer.destroy())
      incoming.pipe(outgoing)
    }
    if (!isHeld(incoming)) return pass()
    held.push(pass)
    if (held.length < together) return
    const all = held
    held = []
    for (const go of all) go()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const {port: own} = server.address() as AddressInfo
    await work({url: `http://127.0.0.1:${own}`, waiting: () => held.length})
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
