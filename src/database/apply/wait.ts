import {SquizzleError} from '../../errors.ts'
import {describeLockOwner, readLockOwner} from '../lock.ts'
import type {LockOwner} from '../lock.ts'
import {defaultHeartbeat, pause} from './send.ts'
import type {Run} from './run.ts'

/** Seconds to wait for another run unless told otherwise. */
const defaultWait = 60

/** Milliseconds between two tries: soon at first, then less often, never at the same moment as others. */
const [shortest, longest] = [50, 1000]

/** What a run waits for, and how it says so. */
export interface Waiting {
  /** The session that is in the way, where it shows. */
  readonly find: () => Promise<LockOwner | undefined>
  readonly step: 'lock-waiting' | 'build-waiting'
  readonly failure: (seconds: number, owner: LockOwner | undefined) => SquizzleError
}

/**
 * Tries again until the lock is had.
 * @param attempt undefined while another run has it
 * @throws LOCK_TIMEOUT naming the owner; Interrupted
 */
export function untilLocked<T>(run: Run, attempt: () => Promise<T | undefined>): Promise<T> {
  return poll(run, attempt, {
    find: () => readLockOwner(run.session, run.key),
    step: 'lock-waiting',
    failure: (seconds, owner) => lockTimeout(run, seconds, owner),
  })
}

/**
 * Tries again until it works, for as long as a run may wait: polling, since a session that blocks for an advisory lock
 * and a concurrent index build of the lock's owner would wait for each other for ever.
 * @param attempt undefined while it does not
 * @throws what `failure` makes; Interrupted
 */
export async function poll<T>(
  run: Run,
  attempt: () => Promise<T | undefined>,
  {find, step, failure}: Waiting,
): Promise<T> {
  const began = performance.now()
  const wait = (run.options.waitLock ?? defaultWait) * 1000
  let shown: string | undefined
  let told = 0
  for (let tries = 0; ; tries += 1) {
    run.interruption.check()
    const result = await attempt()
    if (result !== undefined) return result
    const waited = performance.now() - began
    const owner = await find()
    if (waited >= wait) throw failure(wait / 1000, owner)
    const seen = JSON.stringify(owner ?? null)
    if (seen !== shown || waited - told >= (run.options.heartbeat ?? defaultHeartbeat)) {
      shown = seen
      told = waited
      await run.reporter.step({type: step, waited, ...(owner === undefined ? {} : {owner})})
    }
    const delay = Math.min(longest, shortest * 1.5 ** tries) * (0.5 + Math.random())
    await pause(run, Math.min(delay, Math.max(shortest, wait - waited)))
  }
}

function lockTimeout(run: Run, seconds: number, owner: LockOwner | undefined): SquizzleError {
  const who = owner === undefined ? 'another run' : describeLockOwner(owner)
  const hint =
    owner === undefined
      ? 'Try again, or wait longer with --wait-lock.'
      : `Wait longer with --wait-lock; if nobody needs that session any more, end it with SELECT pg_terminate_backend(${owner.pid}).`
  return new SquizzleError(
    'LOCK_TIMEOUT',
    seconds === 0
      ? `another run has the migration lock: ${who}`
      : `another run has had the migration lock for ${seconds} seconds: ${who}`,
    {hint, details: {database: run.session.name, waitedSeconds: seconds, owner}},
  )
}
