import {mkdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {hasErrno, SquizzleError} from '../errors.ts'
import {hasEnded, parseHolder, thisHolder, type LockHolder} from './holder.ts'
import {explainWriteError, linkOrCopy, temporaryPath} from './write.ts'

export type {LockHolder} from './holder.ts'

export interface LockOptions {
  /** Milliseconds to wait for another holder. */
  readonly wait?: number
  readonly signal?: AbortSignal | undefined
  /** Called once, when another holder is met. */
  readonly onWait?: (holder: LockHolder) => void
  /**
   * Milliseconds after which a lock of another machine counts as left behind; for work that takes far
   * less, and that asks `stillHeld` before its last step. Never, when absent.
   */
  readonly abandonedAfter?: number
}

interface HeldLock {
  readonly stillHeld: () => Promise<boolean>
  readonly release: () => Promise<void>
}

/** Between two tries, in milliseconds: short, for the lock is held for milliseconds; jitter keeps waiters apart. */
const pause = () => 10 + Math.random() * 40

/**
 * Runs the work while this process alone holds the lock file.
 * A lock left by a process that is gone is taken over; one from another machine only by
 * `abandonedAfter`, since nobody here can tell whether its holder lives.
 * @throws LOCK_TIMEOUT naming the holder; NOT_WRITABLE; the signal's reason
 */
export async function withLockFile<T>(
  path: string,
  work: (stillHeld: () => Promise<boolean>) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const {stillHeld, release} = await acquire(path, options)
  try {
    return await work(stillHeld)
  } finally {
    await release()
  }
}

/** As `withLockFile`, for a lock that lives as long as something else does. @returns what frees it. */
export async function acquireLockFile(
  path: string,
  options: LockOptions = {},
): Promise<() => Promise<void>> {
  return (await acquire(path, options)).release
}

async function acquire(
  path: string,
  {wait = 30_000, signal, onWait, abandonedAfter = Infinity}: LockOptions,
): Promise<HeldLock> {
  const self = await thisHolder()
  const deadline = performance.now() + wait
  let told = false
  for (;;) {
    signal?.throwIfAborted()
    const age = await create(path, self)
    if (age === 'created') return held(path, self)
    const holder = await readHolder(path)
    if (holder === undefined) continue
    const foreign = holder.machine !== self.machine
    if (foreign ? age > abandonedAfter : await hasEnded(holder)) {
      await removeStale(path, holder)
      continue
    }
    if (!told) onWait?.(holder)
    told = true
    if (performance.now() >= deadline) throw heldBy(path, holder, foreign)
    await sleep(pause())
  }
}

function held(path: string, self: LockHolder): HeldLock {
  const stillHeld = async () => (await readHolder(path))?.id === self.id
  return {
    stillHeld,
    async release() {
      if (await stillHeld()) await rm(path, {force: true})
    },
  }
}

/**
 * Created whole by a hard link, so that nobody ever reads a half-written holder.
 * @returns `created`, or the milliseconds since the lock that is there was made, by the file system's clock.
 */
async function create(path: string, self: LockHolder): Promise<'created' | number> {
  const temporary = temporaryPath(path)
  try {
    await mkdir(dirname(path), {recursive: true})
    await writeFile(temporary, JSON.stringify(self), {flag: 'wx'})
    try {
      await linkOrCopy(temporary, path)
      return 'created'
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error
    }
    const [now, made] = await Promise.all([stat(temporary), stat(path).catch(() => undefined)])
    return made === undefined ? 0 : now.mtimeMs - made.mtimeMs
  } catch (error) {
    throw explainWriteError(error, path)
  } finally {
    await rm(temporary, {force: true})
  }
}

/** Under a lock of its own, or a second waiter could remove the lock that the first one just took. */
async function removeStale(path: string, stale: LockHolder): Promise<void> {
  const work = async () => {
    const holder = await readHolder(path)
    if (holder?.id === stale.id) await rm(path, {force: true})
  }
  await withLockFile(`${path}.stale`, work, {abandonedAfter: 60_000})
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  // without hard links a lock is copied into place, so that its first moment may show it half-written
  for (let tries = 0; tries < 10; tries++) {
    const text = await readLock(path)
    if (text === undefined) return undefined
    const holder = parseHolder(text)
    if (holder !== undefined) return holder
    await sleep(pause())
  }
  throw notALock(path)
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw notALock(path, error)
  }
}

function notALock(path: string, cause?: unknown): SquizzleError {
  return new SquizzleError('NOT_WRITABLE', `${path} is not a lock file`, {
    hint: 'Remove it if no squizzle is running.',
    details: {path},
    cause,
  })
}

function heldBy(path: string, holder: LockHolder, foreign: boolean): SquizzleError {
  const elsewhere = foreign ? ` on ${holder.machine}` : ''
  return new SquizzleError(
    'LOCK_TIMEOUT',
    `${path} is held by process ${holder.pid}${elsewhere} since ${holder.since}`,
    {
      hint: foreign
        ? 'Wait for it to end; if that machine is gone, remove the file.'
        : 'Wait for it to end, or end it.',
      details: {path, pid: holder.pid, machine: holder.machine, since: holder.since},
    },
  )
}
