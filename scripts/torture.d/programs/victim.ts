/** Applies the reference releases in a process of its own, and kills itself at the n-th report. */
import {reference} from '../support/reference.ts'
import {loadApply} from '../support/product.ts'
import type {Job} from '../support/victim.ts'

const {url, transaction, at} = JSON.parse(process.argv[2] ?? '{}') as Job
const apply = await loadApply()
let reports = 0
await apply(url, reference, {
  plan: {transaction},
  onStep: () => {
    reports += 1
    if (reports === at) process.kill(process.pid, 'SIGKILL')
  },
})
