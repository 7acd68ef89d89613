import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {mkdir, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {openDatabase, withDatabase} from '../../src/database/open.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {pgliteCache as cacheDir} from './support/engines.ts'

const program = join(import.meta.dirname, 'support/pglite-program.ts')

/** Another process that has the folder open and has said so. */
async function holder(url: string) {
  const child = spawn(process.execPath, [program, url, cacheDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) if (line === 'open') break
  return child
}

describe('the embedded database', () => {
  it('keeps what was committed', async () => {
    await withTempDir(async (folder) => {
      const url = `pglite:${join(folder, 'sub/database')}`
      await withDatabase(url, {cacheDir}, (session) =>
        session.run('create table t as select 1 as i'),
      )
      const rows = await withDatabase(url, {cacheDir}, (session) =>
        session.query('select i from t'),
      )
      assert.deepEqual(rows, [{i: '1'}])
    })
  })

  it('is made without a cache too', async () => {
    await withTempDir(async (folder) => {
      const url = `pglite:${join(folder, 'database')}`
      const rows = await withDatabase(url, {}, (session) => session.query('select 1 as i'))
      assert.deepEqual(rows, [{i: '1'}])
    })
  })

  it('leaves nothing behind in memory', async () => {
    for (let round = 0; round < 2; round += 1) {
      const rows = await withDatabase('pglite:memory', {cacheDir}, (session) =>
        session.query('create table t (i int); select 1 as i'),
      )
      assert.deepEqual(rows, [{i: '1'}])
    }
  })

  it('is made in an empty folder, and refused in another one', async () => {
    await withTempDir(async (folder) => {
      const empty = join(folder, 'empty')
      await mkdir(empty)
      await withDatabase(`pglite:${empty}`, {cacheDir}, (session) => session.run('select 1'))
      await writeFile(join(folder, 'notes.txt'), 'mine')
      await assert.rejects(openDatabase(`pglite:${folder}`, {cacheDir}), {code: 'CONFIG_INVALID'})
      assert.deepEqual((await readdir(folder)).toSorted(), ['empty', 'notes.txt'])
    })
  })

  it('makes one prepared database for all that prepare at once, and copies it', async () => {
    await withTempDir(async (folder) => {
      const cache = join(folder, 'cache')
      await Promise.all(
        ['a', 'b'].map((name) =>
          withDatabase(`pglite:${join(folder, name)}`, {cacheDir: cache}, (session) =>
            session.run('select 1'),
          ),
        ),
      )
      const entries = await readdir(cache)
      assert.equal(entries.length, 1, entries.join())
      assert.match(entries[0] ?? '', /^pglite-\d/)
    })
  })

  it('admits one process at a time: the second waits, then says who has it', async () => {
    await withTempDir(async (folder) => {
      const url = `pglite:${join(folder, 'database')}`
      const other = await holder(url)
      const met: number[] = []
      const onWait = ({pid}: {pid: number}) => void met.push(pid)
      await assert.rejects(openDatabase(url, {cacheDir, wait: 0.2, onWait}), {
        code: 'LOCK_TIMEOUT',
        message: new RegExp(`process ${other.pid}`),
      })
      assert.deepEqual(met, [other.pid])
      const waiting = withDatabase(url, {cacheDir, wait: 20}, (session) =>
        session.query('select 1 as i'),
      )
      other.stdin.end()
      assert.deepEqual(await waiting, [{i: '1'}])
    })
  })

  it('opens again after its process was killed, with all that was committed', async () => {
    await withTempDir(async (folder) => {
      const path = join(folder, 'database')
      const other = await holder(`pglite:${path}`)
      other.kill('SIGKILL')
      await once(other, 'exit')
      assert.ok(existsSync(`${path}.lock`))
      const rows = await withDatabase(`pglite:${path}`, {cacheDir}, (session) =>
        session.query('select count(*) as n from committed'),
      )
      assert.deepEqual(rows, [{n: '1000'}])
    })
  })
})
