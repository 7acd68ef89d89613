import type {Step} from '../../../src/database/apply/steps.ts'
import {apply, collectSteps} from './apply.ts'
import {killedArtifact} from './killed-artifact.ts'
import {rollback} from './rollback.ts'

/** Applies an artifact, or rolls its newest release back, and kills itself at the n-th report; says how many there were where it got through. */
const [url = '', what = 'apply', mode = 'release', at = '0'] = process.argv.slice(2)
const {steps, onStep: collect} = collectSteps()
const transaction = mode === 'migration' ? 'migration' : 'release'
const onStep = (step: Step) => {
  collect(step)
  if (steps.length === Number(at)) process.kill(process.pid, 'SIGKILL')
}
if (what === 'apply') await apply(url, killedArtifact, {plan: {transaction}, onStep})
else await rollback(url, killedArtifact, {to: '1.0.0', transaction, onStep})
console.log(steps.length)
