import {apply} from './apply.ts'
import {withOutside} from './outside.ts'

/** Applies a release with a script outside transactions; made to be killed. */
const [url = '', setup = '', script = ''] = process.argv.slice(2)
await apply(url, withOutside(setup, script))
