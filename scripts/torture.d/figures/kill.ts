import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import type {TransactionMode} from '../../../src/database/plan/segments.ts'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import {apply} from '../../../test/database/support/apply.ts'
import {rollback} from '../../../test/database/support/rollback.ts'
import {service} from '../../../test/support/services.ts'
import type {Figure, Torture} from '../figure.ts'
import {withCopy} from '../support/databases.ts'
import {reference, referenceUpTo} from '../support/reference.ts'
import {settle} from '../support/settle.ts'
import {stateOf} from '../support/state.ts'
import {startVictim, wasKilled} from '../support/victim.ts'

/** Each step of a run is its last one. */
export const kill: Figure = {
  name: 'kill',
  runs: 'kills',
  least: {short: 150, long: 1000},
  faults: ['databases that one plain re-run neither finishes nor names for resolve'],
  torture: async (torture) => {
    const server = service('postgres15').url
    await withCopy(server, undefined, (empty) =>
      withCopy(server, undefined, (first) =>
        withCopy(server, undefined, async (full) => {
          await apply(first, referenceUpTo('1.0.0'))
          await apply(full, reference)
          for (const transaction of ['release', 'migration'] as const) {
            await killAtEach(torture, {from: empty, direction: 'apply', transaction})
            await killAtEach(torture, {from: full, direction: 'rollback', transaction, to: '1.0.0'})
            await killAtEach(torture, {from: first, direction: 'rollback', transaction})
          }
        }),
      ),
    )
  },
}

/** How many processes are killed at once: more than there are cores, as they also wait for the server. */
const width = 3

/** How often each step is the last one. */
const times = {short: 1, long: 4}

interface Course {
  /** The database before it. */
  readonly from: string
  readonly direction: 'apply' | 'rollback'
  readonly transaction: TransactionMode
  readonly to?: string
}

async function killAtEach({form, run}: Torture, {from, ...course}: Course): Promise<void> {
  const server = service('postgres15').url
  const steps: Step[] = []
  const clean = await withCopy(server, from, async (url) => {
    await take(url, course, {onStep: (step) => void steps.push(step)})
    return stateOf(url)
  })
  const points = Array.from({length: times[form]}, () =>
    steps.map(({type}, at) => ({type, at: at + 1})),
  )
  await inParallel(points.flat(), width, ({type, at}) =>
    run(`${JSON.stringify(course)}, killed at report ${at}, ${type}`, () =>
      withCopy(server, from, async (url) => {
        const ended = await startVictim({url, at, ...course}).ended
        assert.ok(wasKilled(ended), `it was not killed: ${ended.stderr}`)
        await settle(url, clean, (options) => take(url, course, options))
      }),
    ),
  )
}

function take(
  url: string,
  {direction, transaction, to}: Omit<Course, 'from'>,
  options: {waitLock?: number; onStep?: (step: Step) => void},
): Promise<unknown> {
  if (direction === 'apply') return apply(url, reference, {plan: {transaction}, ...options})
  return rollback(url, reference, {transaction, ...options, ...(to === undefined ? {} : {to})})
}
