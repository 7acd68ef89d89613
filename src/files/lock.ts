import {randomUUID} from 'node:crypto'
import {link, mkdir, readFile, readlink, rm, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {dirname} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {hasErrno, SquizzleError} from '../errors.ts'
import {explainWriteError, temporaryPath} from './write.ts'

/** Who holds a lock file. */
export interface LockHolder {
  readonly id: string
  readonly pid: number
  /** Tells a process from a later one with its number; empty where the system doesn't say. */
  readonly born: string
  /** Host and process namespace: only there does the process number mean anything. */
  readonly machine: string
  readonly since: string
}

export interface LockOptions {
  /** Milliseconds to wait for another holder. */
  readonly wait?: number
  readonly signal?: AbortSignal | undefined
  /** Called once, when another holder is met. */
  readonly onWait?: (holder: LockHolder) => void
}

/** Between two tries, in milliseconds: short, for the lock is held for milliseconds; jitter keeps waiters apart. */
const pause = () => 10 + Math.random() * 40

/**
 * Runs the work while this process alone holds the lock file.
 * A lock left by a process that is gone is taken over; one from another machine never is, since
 * nobody here can tell whether its holder lives.
 * @throws LOCK_TIMEOUT naming the holder; NOT_WRITABLE
 */
export async function withLockFile<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const release = await acquireLockFile(path, options)
  try {
    return await work()
  } finally {
    await release()
  }
}

/** As `withLockFile`, for a lock that lives as long as something else does. @returns what frees it. */
export async function acquireLockFile(
  path: string,
  {wait = 30_000, signal, onWait}: LockOptions = {},
): Promise<() => Promise<void>> {
  const self = await thisHolder()
  const deadline = performance.now() + wait
  let told = false
  while (!(await create(path, self))) {
    const holder = await readHolder(path)
    if (holder === undefined) continue
    if (await isGone(holder, self.machine)) {
      await removeStale(path, holder)
      continue
    }
    if (!told) onWait?.(holder)
    told = true
    if (performance.now() >= deadline) throw heldBy(path, holder, self.machine)
    await sleep(pause(), undefined, {signal})
  }
  return () => rm(path, {force: true})
}

/** Created whole by a hard link, so that nobody ever reads a half-written holder. */
async function create(path: string, self: LockHolder): Promise<boolean> {
  const temporary = temporaryPath(path)
  try {
    await mkdir(dirname(path), {recursive: true})
    await writeFile(temporary, JSON.stringify(self), {flag: 'wx'})
    await link(temporary, path)
    return true
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw explainWriteError(error, path)
  } finally {
    await rm(temporary, {force: true})
  }
}

/** Under a lock of its own, or a second waiter could remove the lock that the first one just took. */
async function removeStale(path: string, stale: LockHolder): Promise<void> {
  await withLockFile(`${path}.stale`, async () => {
    const holder = await readHolder(path)
    if (holder?.id === stale.id) await rm(path, {force: true})
  })
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw new SquizzleError('NOT_WRITABLE', `${path} is not a lock file`, {
      hint: 'Remove it if no squizzle is running.',
      cause: error,
    })
  }
}

async function thisHolder(): Promise<LockHolder> {
  return {
    id: randomUUID(),
    pid: process.pid,
    born: await birthOf(process.pid),
    machine: `${hostname()} ${await readlink('/proc/self/ns/pid').catch(() => '')}`.trim(),
    since: new Date().toISOString(),
  }
}

/** Start time in clock ticks since boot: field 22 of Linux's /proc/<pid>/stat, counted behind the name. */
async function birthOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

async function isGone(holder: LockHolder, machine: string): Promise<boolean> {
  if (holder.machine !== machine) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return hasErrno(error, 'ESRCH')
  }
  return (await birthOf(holder.pid)) !== holder.born
}

function heldBy(path: string, holder: LockHolder, machine: string): SquizzleError {
  const elsewhere = holder.machine === machine ? '' : ` on ${holder.machine}`
  return new SquizzleError(
    'LOCK_TIMEOUT',
    `${path} is held by process ${holder.pid}${elsewhere} since ${holder.since}`,
    {
      hint: elsewhere
        ? 'Wait for it to end; if that machine is gone, remove the file.'
        : 'Wait for it to end, or end it.',
      details: {path, pid: holder.pid, machine: holder.machine, since: holder.since},
    },
  )
}
