import {execFile} from 'node:child_process'
import {randomBytes, randomUUID} from 'node:crypto'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {answersWith} from './answers.ts'
import {cephConfig, monitorAddress} from './ceph-config.ts'
import {giveToServer, serverUser} from './owner.ts'
import {partPath} from './parts.ts'
import {freePort} from './port.ts'
import {startServer, stopServers} from './process.ts'
import type {ServerProcess} from './process.ts'
import type {Service} from './service.ts'

export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface S3Server {
  readonly url: string
  /** May make buckets. */
  readonly user: S3Keys
  /** Another account, which may do nothing with the buckets of the first one until it is told so. */
  readonly stranger: S3Keys
  readonly log: string
}

/** What the monitor asks each of the others for; the file that it is in is private. */
const capabilities: Readonly<Record<string, readonly string[]>> = {
  'mon.': ['mon', 'allow *'],
  'client.admin': ['mon', 'allow *', 'osd', 'allow *'],
  'osd.0': ['mon', 'allow profile osd', 'osd', 'allow *'],
}

/** Ceph's RADOS gateway: an S3 server that checks signatures and is atomic where a write has a condition. */
export const ceph: Service<S3Server> = {
  parts: ['ceph'],
  async start(folder) {
    const cluster = await plan(folder)
    const processes: ServerProcess[] = []
    const serve = async (
      program: string,
      args: readonly string[],
      answers: () => Promise<unknown>,
    ) => processes.push(await startDaemon(folder, program, args, answers))
    try {
      await serve('ceph-mon', ['--id', 'a'], () => run(folder, 'ceph', ['mon', 'stat']))
      await makeStore(folder)
      const url = `http://127.0.0.1:${cluster.gatewayPort}`
      // the gateway waits for the store, so that both may start at once
      const outcomes = await Promise.allSettled([
        serve('ceph-osd', ['--id', '0'], () => storeIsUp(folder)),
        serve('radosgw', ['--name', 'client.admin'], () => answersWith(200, url)),
      ])
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
      const [user, stranger] = await Promise.all([
        makeUser(folder, 'squizzle'),
        makeUser(folder, 'stranger'),
      ])
      return {processes, facts: {url, user, stranger, log: join(folder, 'radosgw.log')}}
    } catch (error) {
      await stopServers(processes)
      throw error
    }
  },
}

/** Everything that a monitor needs to begin with. */
async function plan(folder: string) {
  const [monitorPort, gatewayPort] = [await freePort(), await freePort()]
  const cluster = {folder, cluster: randomUUID(), monitorPort, gatewayPort}
  for (const name of ['monitor', 'store', 'gateway']) {
    await mkdir(join(folder, name))
    giveToServer(join(folder, name))
  }
  await writeFile(join(folder, 'ceph.conf'), cephConfig(cluster))

  const keyring = join(folder, 'keyring')
  for (const [name, rights] of Object.entries(capabilities)) {
    const caps = rights.flatMap((right, at) => (at % 2 === 0 ? ['--cap', right] : [right]))
    const create = name === 'mon.' ? ['--create-keyring'] : []
    await run(folder, 'ceph-authtool', [keyring, ...create, '--gen-key', '--name', name, ...caps])
  }
  const map = join(folder, 'monitors')
  const address = monitorAddress(monitorPort)
  const members = ['--addv', 'a', address]
  await run(folder, 'monmaptool', ['--create', ...members, '--fsid', cluster.cluster, map])
  const first = ['--mkfs', '--id', 'a', '--monmap', map, '--keyring', keyring]
  await run(folder, 'ceph-mon', first)
  return cluster
}

async function makeStore(folder: string): Promise<void> {
  const store = randomUUID()
  await run(folder, 'ceph', ['osd', 'new', store])
  await run(folder, 'ceph-osd', ['--mkfs', '--id', '0', '--osd-uuid', store])
}

async function storeIsUp(folder: string): Promise<void> {
  const stat = await run(folder, 'ceph', ['osd', 'stat', '--format', 'json'])
  const {num_up_osds: up} = JSON.parse(stat) as {readonly num_up_osds: number}
  if (up !== 1) throw new Error('the store is not up yet')
}

async function makeUser(folder: string, name: string): Promise<S3Keys> {
  const keys = {
    accessKeyId: randomBytes(10).toString('hex').toUpperCase(),
    secretAccessKey: randomBytes(20).toString('hex'),
  }
  const login = ['--access-key', keys.accessKeyId, '--secret-key', keys.secretAccessKey]
  const user = ['--uid', name, '--display-name', name]
  await run(folder, 'radosgw-admin', ['user', 'create', ...user, ...login])
  return keys
}

function startDaemon(
  folder: string,
  program: string,
  args: readonly string[],
  answers: () => Promise<unknown>,
): Promise<ServerProcess> {
  const log = join(folder, `${program}.log`)
  return startServer({
    command: join(partPath('ceph'), program),
    args: ['--foreground', ...config(folder), ...args],
    folder,
    output: log,
    log,
    // asked to end, each takes two seconds to write down what is then deleted
    stopSignal: 'SIGKILL',
    answers,
  })
}

/** Runs one of Ceph's programs to its end, as the user that its servers run as. @returns what it printed */
async function run(folder: string, program: string, args: readonly string[]): Promise<string> {
  const own = program === 'ceph-authtool' || program === 'monmaptool' ? [] : config(folder)
  const {stdout} = await promisify(execFile)(join(partPath('ceph'), program), [...own, ...args], {
    ...serverUser,
    cwd: folder,
    env: {PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C'},
  })
  return stdout
}

function config(folder: string): readonly string[] {
  return ['--conf', join(folder, 'ceph.conf')]
}
