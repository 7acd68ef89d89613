/** Applies releases to the databases that its input names, one a line, and answers each with a line. */
import {createInterface} from 'node:readline'
import type {SquizzleError} from '../../../src/errors.ts'
import type {Answer, Order} from '../support/appliers.ts'
import {loadProduct} from '../support/product.ts'
import {reference, rowsReference} from '../support/reference.ts'

const {apply} = await loadProduct(process.argv[2])

async function carryOut({url, transactional}: Order): Promise<Answer> {
  try {
    const {applied, skipped} = await apply(url, transactional ? rowsReference : reference)
    return {applied, skipped}
  } catch (error) {
    const {code, message} = error as SquizzleError
    return {failed: `${code}: ${message}`}
  }
}

console.log('ready')
for await (const line of createInterface(process.stdin)) {
  console.log(JSON.stringify(await carryOut(JSON.parse(line) as Order)))
}
