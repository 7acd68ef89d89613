import assert from 'node:assert/strict'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import type {TransactionMode} from '../../../src/database/plan/segments.ts'
import {apply, collectSteps} from '../../../test/database/support/apply.ts'
import {service} from '../../../test/support/services.ts'
import type {Figure, Torture} from '../figure.ts'
import {withCopy} from '../support/databases.ts'
import {reference} from '../support/reference.ts'
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
    for (const transaction of ['release', 'migration'] as const)
      await killApply(torture, transaction)
  },
}

/** How many processes are killed at once: more than there are cores, as they also wait for the server. */
const width = 3

async function killApply({form, run}: Torture, transaction: TransactionMode): Promise<void> {
  const server = service('postgres15').url
  const plan = {transaction}
  const {steps, onStep} = collectSteps()
  const clean = await withCopy(server, undefined, async (url) => {
    await apply(url, reference, {plan, onStep})
    return stateOf(url)
  })
  const times = form === 'short' ? 1 : 6
  const points = steps.flatMap((step, index) =>
    Array.from({length: times}, () => ({step, at: index + 1})),
  )
  await inParallel(points, width, ({step, at}) =>
    run(`apply by ${transaction}, killed at report ${at}, ${step.type}`, () =>
      withCopy(server, undefined, async (url) => {
        assert.ok(wasKilled(await startVictim({url, transaction, at}).ended), 'it was not killed')
        await settle(url, clean, {plan})
      }),
    ),
  )
}
