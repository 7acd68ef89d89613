import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {promisify} from 'node:util'
import {SquizzleError, type StorageContext} from 'squizzle'
import ssh2, {type FileEntryWithStats, type SFTPWrapper} from 'ssh2'
import type {SftpConfig} from './config.ts'
import {explain} from './errors.ts'

/** One connection for everything: made when it is first needed, and anew after it was lost. */
export function sftpConnection(config: SftpConfig, {root, env}: StorageContext) {
  const {host, port, user: username, privateKey: keyFile, fingerprint} = config
  let session: Promise<{client: ssh2.Client; calls: ReturnType<typeof callsOf>}> | undefined

  async function open() {
    const client = new ssh2.Client()
    const privateKey = keyFile && (await readFile(resolve(root, keyFile)))
    const login = privateKey ? {privateKey} : {agent: env['SSH_AUTH_SOCK'] ?? ''}
    await new Promise<void>((ready, failed) => {
      client.on('ready', ready).on('error', failed)
      client.on('close', () => {
        session = undefined
        failed(new Error('No response from server'))
      })
      const hostVerifier = (key: Buffer) => {
        const found = `SHA256:${createHash('sha256').update(key).digest('base64').slice(0, 43)}`
        if (found === fingerprint) return true
        failed(new SquizzleError('TLS', `${host} has the key ${found}, which is another one`))
        return false
      }
      client.connect({host, port, username, ...login, hostVerifier})
      client.setNoDelay(true)
    })
    return {client, calls: callsOf(await promisify(client.sftp.bind(client))())}
  }

  const use = async <T>(work: (calls: ReturnType<typeof callsOf>) => Promise<T>): Promise<T> => {
    try {
      return await work((await (session ??= open())).calls)
    } catch (error) {
      throw explain(error, config)
    }
  }
  return {use, close: async () => (await session?.catch(() => undefined))?.client.end()}
}

function callsOf(sftp: SFTPWrapper) {
  return {
    readFile: promisify<string, Buffer>(sftp.readFile.bind(sftp)),
    writeFile: promisify<string, Buffer, void>(sftp.writeFile.bind(sftp)),
    readdir: promisify<string, FileEntryWithStats[]>(sftp.readdir.bind(sftp)),
    mkdir: promisify<string, void>(sftp.mkdir.bind(sftp)),
    unlink: promisify<string, void>(sftp.unlink.bind(sftp)),
    rename: promisify<string, string, void>(sftp.rename.bind(sftp)),
    posixRename: promisify<string, string, void>(sftp.ext_openssh_rename.bind(sftp)),
  }
}
