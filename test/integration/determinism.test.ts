import assert from 'node:assert/strict'
import {mkdir, readdir, readFile, rm, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {folderAt, releases} from '../../examples/shop/history/releases.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {run} from '../support/run.ts'
import {describeWith, tool} from '../support/services.ts'
import {newestVersion} from '../support/shop.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

interface Place {
  readonly node: string
  readonly timeZone: string
  readonly umask: string
  /** Seconds since the epoch, of all files. */
  readonly mtime: number
  readonly lineEnd: '\n' | '\r\n'
}

/** Builds every release of the shop there, by the built program, and returns what identifies each. */
async function identities(folder: string, place: Place): Promise<readonly string[]> {
  const {node, timeZone, umask, mtime, lineEnd} = place
  const migrations = join(folder, 'db/migrations')
  await mkdir(migrations, {recursive: true})
  await writeFile(join(folder, 'squizzle.config.json'), JSON.stringify({project: 'shop'}))
  const squizzle = async (...args: string[]) => {
    const command = `umask ${umask} && exec "$0" "$@"`
    const {exitCode, stdout, stderr} = await run('sh', ['-c', command, node, bin, ...args], {
      cwd: folder,
      env: {...process.env, TZ: timeZone, LC_ALL: timeZone === 'UTC' ? 'C' : 'C.UTF-8'},
    })
    assert.equal(exitCode, 0, stderr)
    return stdout
  }
  for (const {version, merge} of releases) {
    for (const name of await readdir(migrations)) await rm(join(migrations, name))
    for (const [name, path] of folderAt(version)) {
      const text = await readFile(path, 'utf8')
      await writeFile(join(migrations, name), text.replaceAll('\n', lineEnd))
      await utimes(join(migrations, name), mtime, mtime)
    }
    const options = merge === undefined ? [] : ['--merge', merge]
    await squizzle('build', version, ...options)
    await squizzle('push', version)
  }
  const shown: {releases: {version: string; diffId: string; layer: string}[]} = JSON.parse(
    await squizzle('show', newestVersion, '--json'),
  )
  return shown.releases.map(({version, diffId, layer}) => `${version} ${diffId} ${layer}`)
}

describeWith(['node22', 'node26'], 'the same migrations', () => {
  it('give the same layers on Node.js 22, 24 and 26, wherever and whenever they are built', () =>
    withTempDir(async (folder) => {
      const places: readonly Place[] = [
        {node: tool('node22'), timeZone: 'Asia/Kathmandu', umask: '077', mtime: 0, lineEnd: '\r\n'},
        {
          node: process.execPath,
          timeZone: 'UTC',
          umask: '022',
          mtime: 1_700_000_000,
          lineEnd: '\n',
        },
        {
          node: tool('node26'),
          timeZone: 'America/St_Johns',
          umask: '000',
          mtime: 4_000_000_000,
          lineEnd: '\r\n',
        },
      ]
      const [first, ...others] = await Promise.all(
        places.map(async (place, index) => identities(join(folder, String(index)), place)),
      )
      assert.equal(first?.length, releases.length)
      for (const other of others) assert.deepEqual(other, first)
    })).timeout(180_000)
})
