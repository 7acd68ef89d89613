import {mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {hasErrno, SquizzleError} from '../errors.ts'
import {hasEnded, parseHolder, thisHolder, type LockHolder} from './holder.ts'
import {explainWriteError, temporaryPath} from './write.ts'

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
 * Runs the work while this process alone holds the lock. A lock left by a process that is gone is taken
 * over; one from another machine only by `abandonedAfter`, since nobody here can tell whether its
 * holder lives.
 *
 * On disk it is a folder with one file that is named for its holder: renaming such a folder into place
 * works only where none is or an empty one, and removing a file by that name frees this holder's lock
 * and no other's. So neither a crash nor two takeovers at once need a lock for the lock.
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
  let blind = 0
  for (;;) {
    signal?.throwIfAborted()
    const now = await claim(path, self)
    if (now === 'claimed') return held(path, self)
    const found = await findHolder(path)
    const late = performance.now() >= deadline
    if (found === undefined) {
      // freed in the meantime; again and again only where something else is in the way
      if (late && ++blind > 20) throw notALock(path)
      continue
    }
    const foreign = found.holder.machine !== self.machine
    if (foreign ? now - found.since > abandonedAfter : await hasEnded(found.holder)) {
      await free(path, found.holder)
      continue
    }
    if (!told) onWait?.(found.holder)
    told = true
    if (late) throw heldBy(path, found.holder, foreign)
    await sleep(pause())
  }
}

function held(path: string, self: LockHolder): HeldLock {
  return {
    stillHeld: async () => (await findHolder(path))?.holder.id === self.id,
    release: () => free(path, self),
  }
}

/** @returns `claimed`, or the time now by the file system's own clock, in milliseconds. */
async function claim(path: string, self: LockHolder): Promise<'claimed' | number> {
  const temporary = temporaryPath(path)
  const file = join(temporary, self.id)
  try {
    await mkdir(dirname(path), {recursive: true})
    await mkdir(temporary)
    await writeFile(file, JSON.stringify(self))
    return (await moveIfFree(temporary, path)) ? 'claimed' : (await stat(file)).mtimeMs
  } catch (error) {
    throw explainWriteError(error, path)
  } finally {
    await rm(temporary, {recursive: true, force: true})
  }
}

async function moveIfFree(folder: string, path: string): Promise<boolean> {
  try {
    // Windows replaces no folder, not even an empty one
    await rmdir(path).catch(() => undefined)
    await rename(folder, path)
    return true
  } catch (error) {
    if (hasErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return false
    throw error
  }
}

/** Does nothing where somebody else holds the lock by now. */
async function free(path: string, {id}: LockHolder): Promise<void> {
  await rm(join(path, id), {force: true})
  await rmdir(path).catch(() => undefined)
}

/** @returns undefined where the lock is free. */
async function findHolder(
  path: string,
): Promise<{readonly holder: LockHolder; readonly since: number} | undefined> {
  try {
    const [name] = await readdir(path)
    if (name === undefined) return undefined
    const file = join(path, name)
    const [text, {mtimeMs}] = await Promise.all([readFile(file, 'utf8'), stat(file)])
    const holder = parseHolder(text)
    if (holder === undefined) throw notALock(path)
    return {holder, since: mtimeMs}
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw hasErrno(error, 'ENOTDIR', 'EISDIR') ? notALock(path, error) : error
  }
}

function notALock(path: string, cause?: unknown): SquizzleError {
  return new SquizzleError('NOT_WRITABLE', `${path} is not a lock`, {
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
        ? 'Wait for it to end; if that machine is gone, remove the folder.'
        : 'Wait for it to end, or end it.',
      details: {path, pid: holder.pid, machine: holder.machine, since: holder.since},
    },
  )
}
