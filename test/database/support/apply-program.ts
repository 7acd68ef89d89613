import {apply, collectSteps} from './apply.ts'
import {killedArtifact} from './killed-artifact.ts'

/** Applies an artifact and kills itself at the n-th report; says how many there were where it got through. */
const [url = '', mode = 'release', at = '0'] = process.argv.slice(2)
const {steps, onStep} = collectSteps()
await apply(url, killedArtifact, {
  plan: {transaction: mode === 'migration' ? 'migration' : 'release'},
  onStep: (step) => {
    onStep(step)
    if (steps.length === Number(at)) process.kill(process.pid, 'SIGKILL')
  },
})
console.log(steps.length)
