/** Applies or rolls back the reference releases in a process of its own, and kills itself at the n-th report. */
import {loadProduct} from '../support/product.ts'
import {reference} from '../support/reference.ts'
import type {Job} from '../support/victim.ts'

const {url, direction, transaction, to, at} = JSON.parse(process.argv[2] ?? '{}') as Job
const {apply, rollback} = await loadProduct()
let reports = 0
const onStep = () => {
  reports += 1
  if (reports === at) process.kill(process.pid, 'SIGKILL')
}
if (direction === 'apply') await apply(url, reference, {plan: {transaction}, onStep})
else await rollback(url, reference, {transaction, onStep, ...(to === undefined ? {} : {to})})
