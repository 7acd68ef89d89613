/** Applies one migration that takes long, in a process of its own. */
import {artifact} from '../../../test/database/support/artifact.ts'
import {loadApply} from '../support/product.ts'

const [url = '', sql = ''] = process.argv.slice(2)
const apply = await loadApply()
await apply(url, artifact([{version: '1.0.0', files: {long: {sql, lockTimeout: '60s'}}}]))
