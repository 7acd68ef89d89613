import {apply} from './apply.ts'
import {artifact} from './artifact.ts'

/** Applies a release that takes a minute. */
const [url = ''] = process.argv.slice(2)
await apply(url, artifact([{version: '1.0.0', files: {a: 'select pg_sleep(60)'}}]))
