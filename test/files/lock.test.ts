import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, readdir, readFile, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {thisHolder} from '../../src/files/holder.ts'
import {acquireLockFile, withLockFile, type LockHolder} from '../../src/files/lock.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {runProcess, startProcess} from '../support/process.ts'

const counting = new URL('processes/count.ts', import.meta.url)
const holding = new URL('processes/hold.ts', import.meta.url)
const dieAt = new URL('../support/die-at.ts', import.meta.url)

/** The lock as a process left it that ended long ago. */
async function leaveLock(path: string, holder: Partial<LockHolder> = {}): Promise<string> {
  const left = {...(await thisHolder()), born: '1', id: 'left-behind', ...holder}
  await mkdir(path)
  await writeFile(join(path, left.id), JSON.stringify(left))
  return join(path, left.id)
}

async function holderOf(lock: string): Promise<LockHolder> {
  const [name = ''] = await readdir(lock)
  return JSON.parse(await readFile(join(lock, name), 'utf8')) as LockHolder
}

async function countTogether(folder: string, processes: number, times: number): Promise<void> {
  const [lock, file] = [join(folder, 'lock'), join(folder, 'count')]
  await writeFile(file, '0')
  const ends = await Promise.all(
    Array.from({length: processes}, () => runProcess(counting, [lock, file, String(times)])),
  )
  for (const {code, stderr} of ends) assert.equal(code, 0, stderr)
  assert.equal(await readFile(file, 'utf8'), String(processes * times))
  assert.deepEqual(await readdir(folder), ['count'])
}

describe('a lock file', () => {
  it('lets processes in one at a time', () => withTempDir((folder) => countTogether(folder, 4, 25)))

  it('is taken over from a dead process by one of many that wait for it', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      for (let round = 0; round < 2; round++) {
        await leaveLock(lock)
        await countTogether(folder, 6, 5)
      }
    }))

  it('is taken over when its holder was killed', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const holder = startProcess(holding, [lock])
      await holder.ready
      holder.kill('SIGKILL')
      assert.equal((await holder.ended).signal, 'SIGKILL')
      await withLockFile(lock, async () => undefined, {wait: 1000})
      assert.deepEqual(await readdir(folder), [])
    }))

  it('is not taken over while its holder lives', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const holder = startProcess(holding, [lock])
      await holder.ready
      const waited: number[] = []
      const attempt = withLockFile(lock, async () => undefined, {
        wait: 200,
        onWait: ({pid}) => waited.push(pid),
      })
      await assert.rejects(attempt, (error: Error) => {
        assert.equal((error as Error & {code: string}).code, 'LOCK_TIMEOUT')
        assert.match(error.message, new RegExp(`held by process ${holder.pid} since 20`))
        return true
      })
      assert.deepEqual(waited, [holder.pid])
      holder.kill('SIGKILL')
      await holder.ended
    }))

  it('is taken over from another process that got the same number', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      await leaveLock(lock, {pid: process.pid, born: '1'})
      await withLockFile(lock, async () => undefined, {wait: 1000})
    }))

  it('keeps out a second part of the same process', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const release = await acquireLockFile(lock)
      const second = withLockFile(lock, async () => undefined, {wait: 100})
      await assert.rejects(second, {code: 'LOCK_TIMEOUT'})
      await release()
      await withLockFile(lock, async () => undefined, {wait: 0})
    }))

  it('is freed when the work fails', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const attempt = withLockFile(lock, () => Promise.reject(new Error('the work')))
      await assert.rejects(attempt, {message: 'the work'})
      assert.deepEqual(await readdir(folder), [])
    }))

  it('stops waiting when the signal aborts', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      await acquireLockFile(lock)
      const controller = new AbortController()
      const reason = new Error('no more')
      const attempt = withLockFile(lock, async () => undefined, {
        signal: controller.signal,
        onWait: () => controller.abort(reason),
      })
      await assert.rejects(attempt, (error) => error === reason)
    }))

  it('is free where its folder is empty', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      await mkdir(lock)
      await withLockFile(lock, async () => assert.equal((await readdir(lock)).length, 1), {wait: 0})
      assert.deepEqual(await readdir(folder), [])
    }))

  it('says so when something else stands in its place', () =>
    withTempDir(async (folder) => {
      const [file, other] = [join(folder, 'file'), join(folder, 'other')]
      await writeFile(file, 'my notes')
      await mkdir(other)
      await writeFile(join(other, 'notes'), 'mine too')
      for (const path of [file, other]) {
        const attempt = withLockFile(path, async () => undefined)
        await assert.rejects(attempt, {code: 'NOT_WRITABLE', message: `${path} is not a lock`})
      }
      assert.equal(await readFile(join(other, 'notes'), 'utf8'), 'mine too')
      const dangling = join(folder, 'dangling')
      await symlink('nowhere', dangling)
      const attempt = withLockFile(dangling, async () => undefined, {wait: 50})
      await assert.rejects(attempt, {code: 'NOT_WRITABLE'})
    }))

  it('can be had at once, wherever a process with it was killed', () =>
    withTempDir(async (folder) => {
      const [lock, file] = [join(folder, 'lock'), join(folder, 'count')]
      await writeFile(file, '0')
      for (let step = 1; ; step++) {
        const env = {DIE_AT: String(step)}
        const args = [lock, file, '1']
        const {code, signal, stderr} = await runProcess(counting, args, {preload: [dieAt], env})
        if (code === 0) break
        assert.equal(signal, 'SIGKILL', stderr)
        // what was left is taken over by a plain run, and by one that is killed in its turn
        if (step % 2 === 0) await withLockFile(lock, async () => undefined, {wait: 0})
      }
      assert.equal((await readdir(folder)).includes('lock'), false)
    }))

  if (process.platform === 'linux') {
    it('is taken over from a killed process that nobody reaped', () =>
      withTempDir(async (folder) => {
        const lock = join(folder, 'lock')
        const shell = 'node="$1"; "$node" "$2" "$3" & exec sleep 60'
        const args = ['-c', shell, 'sh', process.execPath, fileURLToPath(holding), lock]
        const parent = spawn('sh', args, {stdio: ['ignore', 'pipe', 'inherit']})
        await once(parent.stdout, 'data')
        const {pid} = await holderOf(lock)
        process.kill(pid, 'SIGKILL')
        while (!/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))) await sleep(5)
        await withLockFile(lock, async () => undefined, {wait: 1000})
        parent.kill('SIGKILL')
        await once(parent, 'close')
      }))
  }
})

describe('a lock file of another machine', () => {
  const longAgo = new Date(Date.now() - 3_600_000)

  it('is not taken over, however old it is', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const file = await leaveLock(lock, {machine: 'elsewhere'})
      await utimes(file, longAgo, longAgo)
      await assert.rejects(
        withLockFile(lock, async () => undefined, {wait: 0}),
        {code: 'LOCK_TIMEOUT', message: /on elsewhere since/},
      )
    }))

  it('is taken over once it is older than its work ever takes', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const options = {wait: 0, abandonedAfter: 60_000}
      const file = await leaveLock(lock, {machine: 'elsewhere'})
      await assert.rejects(
        withLockFile(lock, async () => undefined, options),
        {code: 'LOCK_TIMEOUT'},
      )
      await utimes(file, longAgo, longAgo)
      await withLockFile(lock, async () => undefined, options)
      assert.deepEqual(await readdir(folder), [])
    }))

  it('tells the holder that comes back that it lost the lock, and stays with the new one', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      await withLockFile(lock, async (stillHeld) => {
        assert.equal(await stillHeld(), true)
        await rm(lock, {recursive: true})
        assert.equal(await stillHeld(), false)
        await leaveLock(lock, {machine: 'elsewhere', id: 'next'})
        assert.equal(await stillHeld(), false)
      })
      assert.equal((await holderOf(lock)).id, 'next')
    }))
})
