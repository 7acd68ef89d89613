import {setTimeout as sleep} from 'node:timers/promises'
import {watchProgress} from './progress.ts'
import {isSqlError} from '../sql-error.ts'
import {Interrupted} from './run.ts'
import type {Run} from './run.ts'
import type {Work} from './steps.ts'

/** Milliseconds between two signs that a statement still runs, or that a run still waits. */
export const defaultHeartbeat = 1000

/** SQLSTATE `query_canceled`. */
const canceled = '57014'

/**
 * Waits for what was sent. When the run is told to end, the server is asked to cancel it; a long one is
 * reported as alive.
 * @throws Interrupted, and what the task throws
 */
export async function send<T>(
  run: Run,
  work: Work | undefined,
  task: () => Promise<T>,
): Promise<T> {
  const {signal, check} = run.interruption
  check()
  if (work !== undefined) run.current = work
  const began = performance.now()
  const watch = watchProgress(run.session)
  let beats = 0
  const beat = setInterval(() => {
    if (work === undefined) return
    beats += 1
    // most statements that take a moment take no second one
    const progress = beats > 1 ? watch.look() : undefined
    const elapsed = performance.now() - began
    run.reporter.note({type: 'heartbeat', elapsed, ...work, ...(progress && {progress})})
  }, run.options.heartbeat ?? defaultHeartbeat)
  const cancel = () => {
    run.session.cancel().catch(() => undefined)
  }
  signal?.addEventListener('abort', cancel, {once: true})
  try {
    return await task()
  } catch (error) {
    if (isSqlError(error, canceled)) check()
    throw error
  } finally {
    signal?.removeEventListener('abort', cancel)
    clearInterval(beat)
    watch.end()
  }
}

/** @throws Interrupted */
export async function pause(run: Run, milliseconds: number): Promise<void> {
  const {signal} = run.interruption
  await sleep(milliseconds, undefined, {signal}).catch((cause: unknown) => {
    throw new Interrupted('interrupted', {cause})
  })
}
