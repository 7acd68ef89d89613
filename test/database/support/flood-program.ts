import {apply} from './apply.ts'
import {artifact} from './artifact.ts'

/** Applies a release of one script, and says how much memory that took at most, in bytes. */
const [url = '', sql = ''] = process.argv.slice(2)
await apply(url, artifact([{version: '1.0.0', files: {a: sql}}]))
process.stdout.write(String(process.resourceUsage().maxRSS * 1024))
