/** Applies the releases that it is given, in a process of its own. */
import {artifact} from '../../../test/database/support/artifact.ts'
import type {ReleaseSource} from '../../../test/database/support/artifact.ts'
import {loadProduct} from '../support/product.ts'

const [url = '', releases = '[]'] = process.argv.slice(2)
const {apply} = await loadProduct()
await apply(url, artifact(JSON.parse(releases) as ReleaseSource[]))
