import {once} from 'node:events'
import {connect, createServer} from 'node:net'
import type {AddressInfo, Socket} from 'node:net'

/** What a proxy sees of a message, and may do with it. */
export interface Message {
  /** Its type: `Q` for a simple query, `Z` for ready. */
  readonly type: string
  readonly bytes: Buffer
}

export interface ProxyRules {
  /** Called for each message of the client before it goes on; false drops it, and all after. */
  readonly fromClient?: (message: Message) => boolean | void
  /** The same for the server's. */
  readonly fromServer?: (message: Message) => boolean | void
}

/** Runs the work with a URL that leads to the same database through a proxy that reads the protocol. */
export async function withProxy<T>(
  url: string,
  rules: ProxyRules,
  work: (url: string, cut: () => void) => Promise<T>,
): Promise<T> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
    relay(client, server, rules.fromClient, true)
    relay(server, client, rules.fromServer, false)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  try {
    const through = new URL(url)
    through.port = String((proxy.address() as AddressInfo).port)
    // what is asked for first would be TLS, which can't be read
    through.searchParams.set('sslmode', 'disable')
    return await work(through.href, cut)
  } finally {
    proxy.close()
    cut()
  }
}

/** Passes messages on one by one; the first of a client has no type. */
function relay(
  from: Socket,
  to: Socket,
  rule: ProxyRules['fromClient'],
  startsWithStartup: boolean,
): void {
  let pending = Buffer.alloc(0)
  let startup = startsWithStartup
  let open = true
  from.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const head = startup ? 0 : 1
      if (pending.length < head + 4) return
      const size = head + pending.readUInt32BE(head)
      if (pending.length < size) return
      const bytes = pending.subarray(0, size)
      pending = pending.subarray(size)
      const type = startup ? '' : String.fromCharCode(bytes[0] ?? 0)
      startup = false
      if (!open) continue
      open = rule?.({type, bytes}) !== false
      if (open) to.write(bytes)
    }
  })
}

/** The text of a simple query. */
export function queryText({type, bytes}: Message): string {
  return type === 'Q' ? bytes.subarray(5, -1).toString() : ''
}
