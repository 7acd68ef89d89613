import assert from 'node:assert/strict'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import {apply} from '../../../test/database/support/apply.ts'
import {service} from '../../../test/support/services.ts'
import type {Figure} from '../figure.ts'
import {checkAnswer} from '../support/answer.ts'
import {withCut} from '../support/cut.ts'
import type {Cut, Traffic} from '../support/cut.ts'
import {withCopy} from '../support/databases.ts'
import {referenceUpTo, reference} from '../support/reference.ts'
import {settle} from '../support/settle.ts'
import {stateOf} from '../support/state.ts'

/** The connection breaks before and after each message of the protocol, of either side. */
export const cuts: Figure = {
  name: 'cuts',
  runs: 'cut connections',
  least: {short: 250, long: 900},
  faults: ['wrong ledger answers'],
  torture: async ({form, run}) => {
    const server = service('postgres15').url
    await withCopy(server, undefined, async (nearly) => {
      // the short form is about the last release alone
      if (form === 'short') await apply(nearly, referenceUpTo('1.1.0'))
      let clean = ''
      const traffic = await withCopy(server, nearly, async (url) => {
        const seen = await withCut(url, undefined, async (through) => {
          await apply(through, reference)
        })
        clean = await stateOf(url)
        return seen
      })
      await inParallel(cutsOf(traffic), 3, (cut) =>
        run(`${cut.where} message ${cut.at} of the ${cut.side}`, () =>
          withCopy(server, nearly, async (url) => {
            const seen = await withCut(url, cut, (through) => checkAnswer(url, through))
            assert.ok(seen[cut.side] >= cut.at, 'the connection did not break')
            await settle(url, clean)
          }),
        ),
      )
    })
  },
}

function cutsOf(traffic: Traffic): readonly Cut[] {
  return (['client', 'server'] as const).flatMap((side) =>
    Array.from({length: traffic[side]}, (_, index) => index + 1).flatMap((at) =>
      // the client can't tell a cut after a message of the server from one before the next
      (side === 'client' ? (['before', 'after'] as const) : (['before'] as const)).map((where) => ({
        side,
        at,
        where,
      })),
    ),
  )
}
