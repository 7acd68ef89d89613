import {execFile} from 'node:child_process'
import {once} from 'node:events'
import {copyFile, mkdir, writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {userInfo} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {giveToServer, serverUser} from './owner.ts'
import {partPath} from './parts.ts'
import {freePort} from './port.ts'
import {startServer} from './process.ts'
import type {Service} from './service.ts'

export interface SftpServer {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** The file with the only key that is let in. */
  readonly privateKey: string
  /** Of the server's own key, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string
  /** An empty folder that the user may write to. */
  readonly folder: string
  readonly log: string
}

/** OpenSSH's server, which hands files to one user with a key and does nothing else. */
export const sftp: Service<SftpServer> = {
  parts: ['sshd'],
  async start(folder) {
    const port = await freePort()
    const [hostKey, userKey, data] = ['host', 'user', 'data'].map((name) => join(folder, name))
    for (const key of [hostKey, userKey]) await makeKey(key!)
    await mkdir(data!)
    giveToServer(data!)
    giveToServer(hostKey!)
    await copyFile(`${userKey}.pub`, join(folder, 'authorized'))
    const config = join(folder, 'sshd_config')
    await writeFile(config, settings(folder, port))
    const log = join(folder, 'log')
    const server = await startServer({
      command: partPath('sshd'),
      args: ['-D', '-e', '-f', config],
      folder,
      output: log,
      log,
      stopSignal: 'SIGTERM',
      answers: () => greets(port),
    })
    const facts = {
      url: `sftp://127.0.0.1:${port}`,
      host: '127.0.0.1',
      port,
      // it runs without privileges, and so can let in nobody else
      user: serverUser.uid === undefined ? userInfo().username : 'nobody',
      privateKey: userKey!,
      fingerprint: await fingerprintOf(`${hostKey}.pub`),
      folder: data!,
      log,
    }
    return {processes: [server], facts}
  },
}

function settings(folder: string, port: number): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/authorized
AuthenticationMethods publickey
StrictModes no
UsePAM yes
PidFile none
MaxStartups 200
MaxSessions 100
ForceCommand internal-sftp
Subsystem sftp internal-sftp
`
}

async function makeKey(file: string): Promise<void> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
}

async function fingerprintOf(publicKey: string): Promise<string> {
  const {stdout} = await promisify(execFile)('ssh-keygen', ['-l', '-f', publicKey])
  const [, fingerprint] = /(SHA256:\S+)/.exec(stdout) ?? []
  if (fingerprint === undefined) throw new Error(`no fingerprint in ${stdout}`)
  return fingerprint
}

async function greets(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  try {
    const [greeting] = (await once(socket, 'data')) as [Buffer]
    if (!greeting.toString().startsWith('SSH-2.0-')) throw new Error('it does not speak SSH')
  } finally {
    socket.destroy()
  }
}
