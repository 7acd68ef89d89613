import {once} from 'node:events'
import {connect, createServer} from 'node:net'
import type {AddressInfo, Socket} from 'node:net'
import {TLSSocket} from 'node:tls'
import type {Certificate} from './certificate.ts'

/** What a front has seen. */
export interface TlsFront {
  /** Leads to the same database by TLS, at the host name given. */
  readonly url: string
  /** Connections that became TLS. */
  readonly encrypted: () => number
}

/** Bytes of the request for TLS that clients begin with. */
const requestSize = 8

/** Runs the work with a server that speaks TLS in front of one that doesn't. */
export async function withTlsFront<T>(
  url: string,
  host: string,
  certificate: Certificate,
  work: (front: TlsFront) => Promise<T>,
): Promise<T> {
  const {hostname, port} = new URL(url)
  const sockets = new Set<Socket>()
  let encrypted = 0
  const keep = <S extends Socket>(socket: S) => {
    sockets.add(socket)
    return socket.on('error', () => socket.destroy())
  }
  const front = createServer((client) => {
    keep(client).once('data', (request) => {
      if (request.length !== requestSize) return client.destroy()
      client.write('S')
      const secure = keep(new TLSSocket(client, {isServer: true, ...certificate}))
      secure.once('secure', () => (encrypted += 1))
      const server = keep(connect(Number(port), hostname))
      secure.pipe(server).pipe(secure)
      return secure
    })
  })
  await once(front.listen(0, '127.0.0.1'), 'listening')
  try {
    const through = Object.assign(new URL(url), {
      host: `${host}:${(front.address() as AddressInfo).port}`,
    })
    return await work({url: through.href, encrypted: () => encrypted})
  } finally {
    front.close()
    for (const socket of sockets) socket.destroy()
  }
}
