import {once} from 'node:events'
import {createServer} from 'node:http'
import {connect, type AddressInfo} from 'node:net'
import {makeAuthority} from './certificates.ts'
import {
  startScriptedRegistry,
  type ScriptedOptions,
  type ScriptedRegistry,
} from './scripted-registry.ts'

/** A registry under the name of a hosted one: reached through a proxy on loopback, behind TLS. */
export interface HostedRegistry extends AsyncDisposable {
  readonly registry: ScriptedRegistry
  /** For the configuration. */
  readonly caFile: string
  /** For the environment. */
  readonly proxy: string
  /** The hosts that were asked for, with their ports. */
  readonly connected: readonly string[]
}

/** @param hosts the names that the certificate is for. @param folder for the certificates. */
export async function startHosted(
  hosts: readonly string[],
  folder: string,
  options: ScriptedOptions = {},
): Promise<HostedRegistry> {
  const authority = await makeAuthority(folder)
  const tls = await authority.issue(hosts.map((host) => `DNS:${host}`))
  const registry = await startScriptedRegistry({...options, tls})
  const connected: string[] = []
  const [, port] = registry.host.split(':')
  const proxy = createServer().on('connect', (request, client) => {
    connected.push(request.url ?? '')
    const server = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      server.pipe(client).pipe(server)
    })
    server.on('error', () => client.destroy())
    client.on('error', () => server.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    registry,
    caFile: authority.file,
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connected,
    async [Symbol.asyncDispose]() {
      proxy.close()
      proxy.closeAllConnections()
      await registry[Symbol.asyncDispose]()
    },
  }
}
