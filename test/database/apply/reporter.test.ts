import assert from 'node:assert/strict'
import {createReporter} from '../../../src/database/apply/reporter.ts'
import type {Step} from '../../../src/database/apply/steps.ts'
import {apply, collectSteps} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describePostgres, withEngine} from '../support/engines.ts'

const step = (runId: string): Step => ({type: 'run-recorded', runId})

describe('the reports of a run', () => {
  it('come one after the other, however long the listener takes', async () => {
    const seen: string[] = []
    const reporter = createReporter(async (told) => {
      await new Promise(setImmediate)
      if (told.type === 'run-recorded') seen.push(told.runId)
    })
    reporter.note(step('a'))
    reporter.note(step('b'))
    await reporter.step(step('c'))
    assert.deepEqual(seen, ['a', 'b', 'c'])
  })

  it('stop the run at its next step where a listener failed on a note', async () => {
    const reporter = createReporter(() => Promise.reject(new Error('broken')))
    reporter.note(step('a'))
    await new Promise(setImmediate)
    await assert.rejects(reporter.step(step('b')), /broken/)
  })
})

describePostgres('a flood of notices', (engine) => {
  it('is cut short, and said so', async () => {
    await withEngine(engine, async ({url}) => {
      const flood = "do $$ begin for i in 1..20000 loop raise notice 'n%', i; end loop; end $$"
      const {steps, onStep} = collectSteps()
      const slow = async (told: Step) => {
        if (told.type === 'notice') await new Promise(setImmediate)
        onStep(told)
      }
      await apply(url, artifact([{version: '1.0.0', files: {a: flood}}]), {onStep: slow})
      const notices = steps.filter(({type}) => type === 'notice').length
      const dropped = steps
        .filter((told) => told.type === 'notices-dropped')
        .reduce((sum, {count}) => sum + count, 0)
      assert.ok(dropped > 0 && notices >= 1000, `${notices} and ${dropped}`)
      assert.equal(notices + dropped, 20_000)
    })
  })
})
