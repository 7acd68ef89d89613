import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'
import {run} from '../support/run.ts'
import {describeWith, service} from '../support/services.ts'

describeWith(['sftp'], 'the service sftp', () => {
  it('lets in its user by the key, and nobody else', () =>
    withTempDir(async (folder) => {
      assert.equal((await batch(folder, 'pwd')).exitCode, 0)
      const stranger = join(folder, 'stranger')
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger])
      assert.match((await batch(folder, 'pwd', stranger)).stderr, /Permission denied/)
    }))

  it('runs no commands', async () => {
    const {user, host} = service('sftp')
    const {stdout} = await run('ssh', ['-p', ...options(), `${user}@${host}`, 'echo ran'])
    assert.doesNotMatch(stdout, /ran/)
  })

  it('replaces no file by a plain rename, and any by its own extension', () =>
    withTempDir(async (folder) => {
      await writeFile(join(folder, 'a'), 'a')
      const put = ['a', 'b', 'c'].map((name) => `put ${folder}/a ${service('sftp').folder}/${name}`)
      const at = service('sftp').folder
      assert.equal((await batch(folder, put.join('\n'))).exitCode, 0)
      assert.match((await batch(folder, `rename -l ${at}/a ${at}/b`)).stderr, /Failure/)
      assert.equal((await batch(folder, `rename ${at}/a ${at}/b`)).exitCode, 0)
    }))
})

function options(key = service('sftp').privateKey): string[] {
  const ssh = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null']
  const flags = ssh.flatMap((option) => ['-o', option])
  return [String(service('sftp').port), '-i', key, '-o', 'IdentitiesOnly=yes', ...flags]
}

async function batch(folder: string, commands: string, key?: string) {
  const file = join(folder, 'batch')
  await writeFile(file, commands)
  const {user, host} = service('sftp')
  return run('sftp', ['-b', file, '-P', ...options(key), `${user}@${host}`])
}
