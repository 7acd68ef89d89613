/** Remembers several tags of its own, one after the other. */
import {sha256} from '../../../src/artifact/digest.ts'
import {recordSeen} from '../../../src/storage/workspace/seen.ts'

const [workspace = '', url = '', name = '', times = ''] = process.argv.slice(2)
for (let time = 0; time < Number(times); time++) {
  await recordSeen(workspace, url, {[`${name}-${time}`]: sha256(name)})
}
