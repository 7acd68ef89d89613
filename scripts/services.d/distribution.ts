import {hash} from 'bcryptjs'
import {randomBytes} from 'node:crypto'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {answersOverTls, answersWith} from './answers.ts'
import {makeCertificates} from './certificates.ts'
import {partPath} from './parts.ts'
import {freePort} from './port.ts'
import {startServer} from './process.ts'
import type {ServerProcess} from './process.ts'
import type {Service} from './service.ts'

export interface Registry {
  /** Host and port, as in a reference: `<address>/<repository>:<tag>`. */
  readonly address: string
  readonly url: string
  /** One line a request, in Apache's combined format. */
  readonly accessLog: string
  readonly log: string
}

export interface Distribution extends Registry {
  /** For `<program> garbage-collect <config>`. */
  readonly program: string
  readonly config: string
  /** The folder in which the registry keeps its blobs. */
  readonly data: string
}

export interface PrivateDistribution extends Distribution {
  /** The file with the certificate of the authority that signed the registry's own. */
  readonly ca: string
  readonly user: {readonly username: string; readonly password: string}
}

/** The CNCF distribution registry, as Debian packs it: everybody may do everything. */
export const distribution: Service<Distribution> = {
  parts: ['docker-registry'],
  async start(folder) {
    const facts = await plan(folder, 'http')
    const server = await serve(folder, facts, {}, () => answersWith(200, `${facts.url}/v2/`))
    return {processes: [server], facts}
  },
}

/** The same behind TLS from a private authority, for one user with a password (HTTP basic). */
export const privateDistribution: Service<PrivateDistribution> = {
  parts: ['docker-registry', 'openssl'],
  async start(folder) {
    const facts = await plan(folder, 'https')
    const {ca, certificate, key} = await makeCertificates(folder)
    const user = {username: 'squizzle', password: randomBytes(12).toString('hex')}
    const passwords = join(folder, 'htpasswd')
    await writeFile(passwords, `${user.username}:${await hash(user.password, 4)}\n`)
    const settings = {
      auth: {htpasswd: {realm: 'squizzle tests', path: passwords}},
      http: {tls: {certificate, key}},
    }
    const authority = await readFile(ca)
    const server = await serve(folder, facts, settings, () =>
      answersOverTls(401, `${facts.url}/v2/`, authority),
    )
    return {processes: [server], facts: {...facts, ca, user}}
  },
}

async function plan(folder: string, scheme: 'http' | 'https'): Promise<Distribution> {
  const address = `127.0.0.1:${await freePort()}`
  return {
    address,
    url: `${scheme}://${address}`,
    accessLog: join(folder, 'access.log'),
    log: join(folder, 'log'),
    program: partPath('docker-registry'),
    config: join(folder, 'config.yml'),
    data: join(folder, 'data'),
  }
}

async function serve(
  folder: string,
  {address, accessLog, log, program, config, data}: Distribution,
  settings: {readonly auth?: object; readonly http?: object},
  answers: () => Promise<void>,
): Promise<ServerProcess> {
  await writeFile(
    config,
    JSON.stringify({
      version: '0.1',
      // no cache of blob descriptors: a test may take blobs away below the running registry
      storage: {filesystem: {rootdirectory: data}, delete: {enabled: true}},
      ...settings,
      http: {addr: address, secret: 'one process needs no shared secret', ...settings.http},
    }),
  )
  return startServer({
    command: program,
    args: ['serve', config],
    folder,
    env: {OTEL_TRACES_EXPORTER: 'none'},
    output: accessLog,
    log,
    stopSignal: 'SIGTERM',
    answers,
  })
}
