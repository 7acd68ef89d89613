import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readdir, readFile, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {acquireLockFile, withLockFile, type LockHolder} from '../../src/files/lock.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {runProcess, startProcess} from '../support/process.ts'

const counting = new URL('processes/count.ts', import.meta.url)
const holding = new URL('processes/hold.ts', import.meta.url)
const noLinks = new URL('../support/no-links.ts', import.meta.url)

/** A lock file as a process left it that ended long ago. */
async function leaveLock(path: string, holder: Partial<LockHolder> = {}): Promise<void> {
  const left = await withLockFile(path, () => readFile(path, 'utf8'))
  const dead = {born: '1', id: 'left behind', ...holder}
  await writeFile(path, JSON.stringify({...JSON.parse(left), ...dead}))
}

async function countTogether(
  folder: string,
  processes: number,
  times: number,
  preload: URL[] = [],
): Promise<void> {
  const [lock, file] = [join(folder, 'lock'), join(folder, 'count')]
  await writeFile(file, '0')
  const ends = await Promise.all(
    Array.from({length: processes}, () =>
      runProcess(counting, [lock, file, String(times)], {preload}),
    ),
  )
  for (const {code, stderr} of ends) assert.equal(code, 0, stderr)
  assert.equal(await readFile(file, 'utf8'), String(processes * times))
  assert.deepEqual(await readdir(folder), ['count'])
}

describe('a lock file', () => {
  it('lets processes in one at a time', () => withTempDir((folder) => countTogether(folder, 4, 25)))

  it('does so where the file system has no hard links', () =>
    withTempDir((folder) => countTogether(folder, 4, 20, [noLinks])))

  it('is taken over from a dead process by one of many that wait for it', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      for (let round = 0; round < 2; round++) {
        await leaveLock(lock)
        // the taking over was itself cut short once
        await leaveLock(`${lock}.stale`)
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

  it('says so when something else stands in its place', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      await writeFile(lock, 'my notes')
      const attempt = withLockFile(lock, async () => undefined)
      await assert.rejects(attempt, {code: 'NOT_WRITABLE', message: `${lock} is not a lock file`})
    }))

  if (process.platform === 'linux') {
    it('is taken over from a killed process that nobody reaped', () =>
      withTempDir(async (folder) => {
        const lock = join(folder, 'lock')
        const shell = 'node="$1"; "$node" "$2" "$3" & exec sleep 60'
        const args = ['-c', shell, 'sh', process.execPath, fileURLToPath(holding), lock]
        const parent = spawn('sh', args, {stdio: ['ignore', 'pipe', 'inherit']})
        await once(parent.stdout, 'data')
        const {pid} = JSON.parse(await readFile(lock, 'utf8')) as LockHolder
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
      await leaveLock(lock, {machine: 'elsewhere'})
      await utimes(lock, longAgo, longAgo)
      await assert.rejects(
        withLockFile(lock, async () => undefined, {wait: 0}),
        {code: 'LOCK_TIMEOUT', message: /on elsewhere since/},
      )
    }))

  it('is taken over once it is older than its work ever takes', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const options = {wait: 0, abandonedAfter: 60_000}
      await leaveLock(lock, {machine: 'elsewhere'})
      await assert.rejects(
        withLockFile(lock, async () => undefined, options),
        {code: 'LOCK_TIMEOUT'},
      )
      await utimes(lock, longAgo, longAgo)
      await withLockFile(lock, async () => undefined, options)
      assert.deepEqual(await readdir(folder), [])
    }))

  it('tells the holder that comes back that it lost the lock, and stays with the new one', () =>
    withTempDir(async (folder) => {
      const lock = join(folder, 'lock')
      const next = {machine: 'elsewhere', id: 'the next holder'}
      await withLockFile(lock, async (stillHeld) => {
        assert.equal(await stillHeld(), true)
        const mine = JSON.parse(await readFile(lock, 'utf8')) as LockHolder
        await writeFile(lock, JSON.stringify({...mine, ...next}))
        assert.equal(await stillHeld(), false)
      })
      assert.equal((JSON.parse(await readFile(lock, 'utf8')) as LockHolder).id, next.id)
    }))
})
