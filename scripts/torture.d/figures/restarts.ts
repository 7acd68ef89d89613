import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {apply} from '../../../test/database/support/apply.ts'
import type {Figure} from '../figure.ts'
import {checkAnswer} from '../support/answer.ts'
import {withCluster} from '../support/cluster.ts'
import {withCopy} from '../support/databases.ts'
import {reference} from '../support/reference.ts'
import {settle} from '../support/settle.ts'
import {appliedReleases, stateOf} from '../support/state.ts'

/** The server crashes at a random moment of a run. */
export const restarts: Figure = {
  name: 'restarts',
  runs: 'immediate restarts of the server',
  least: {short: 20, long: 200},
  faults: ['mismatches of ledger and catalogue'],
  torture: ({form, random, run, note}) =>
    withCluster(async ({url: server, crash}) => {
      const [clean, duration] = await withCopy(server, undefined, async (url) => {
        const began = performance.now()
        await apply(url, reference)
        return [await stateOf(url), performance.now() - began] as const
      })
      let within = 0
      for (let at = 1; at <= restarts.least[form]; at += 1) {
        const delay = random.next() * duration
        await run(`restart ${at}, after ${delay.toFixed(0)} ms`, () =>
          withCopy(server, undefined, async (url) => {
            const restarted = sleep(delay).then(crash)
            const [answer] = await Promise.allSettled([checkAnswer(url, url, restarted), restarted])
            await restarted
            if (answer.status === 'rejected') throw answer.reason
            if ((await appliedReleases(url)).length < reference.config.releases.length) within += 1
            await settle(url, clean)
          }),
        )
      }
      assert.ok(within > 0, 'no restart came before a run was over')
      note(`${within} of them in the middle of a run`)
    }),
}
