import {SquizzleError} from '../../errors.ts'
import {describeLockOwner, readLockOwner} from '../lock.ts'
import type {LockOwner} from '../lock.ts'
import {pause} from './send.ts'
import type {Run} from './run.ts'

/** Seconds to wait for another run unless told otherwise. */
const defaultWait = 60

/** Milliseconds between two tries: soon at first, then less often, never at the same moment as others. */
const [shortest, longest] = [50, 1000]

/**
 * Tries again until it works: polling, since a session that blocks for an advisory lock and a concurrent index build
 * of the lock's owner would wait for each other for ever.
 * @param attempt undefined while another run has the lock
 * @throws LOCK_TIMEOUT naming the owner; Interrupted
 */
export async function untilLocked<T>(run: Run, attempt: () => Promise<T | undefined>): Promise<T> {
  const began = performance.now()
  const wait = (run.options.waitLock ?? defaultWait) * 1000
  let shown: string | undefined
  for (let tries = 0; ; tries += 1) {
    run.interruption.check()
    const result = await attempt()
    if (result !== undefined) return result
    const waited = performance.now() - began
    const owner = await readLockOwner(run.session, run.key)
    if (waited >= wait) throw lockTimeout(run, wait, owner)
    const seen = JSON.stringify(owner ?? null)
    if (seen !== shown) {
      shown = seen
      await run.reporter.step({
        type: 'lock-waiting',
        waited,
        ...(owner === undefined ? {} : {owner}),
      })
    }
    const delay = Math.min(longest, shortest * 1.5 ** tries) * (0.5 + Math.random())
    await pause(run, Math.min(delay, Math.max(shortest, wait - waited)))
  }
}

function lockTimeout(run: Run, wait: number, owner: LockOwner | undefined): SquizzleError {
  const who = owner === undefined ? 'another run' : describeLockOwner(owner)
  const hint =
    owner === undefined
      ? 'Try again, or wait longer with --wait-lock.'
      : `Wait longer with --wait-lock; if nobody needs that session any more, end it with SELECT pg_terminate_backend(${owner.pid}).`
  return new SquizzleError(
    'LOCK_TIMEOUT',
    `another run has had the migration lock for ${wait / 1000} seconds: ${who}`,
    {hint, details: {database: run.session.name, waitedSeconds: wait / 1000, owner}},
  )
}
