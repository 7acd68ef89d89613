/** Takes a lock, says so, and keeps it until killed. */
import {acquireLockFile} from '../../../src/files/lock.ts'

await acquireLockFile(process.argv[2] ?? '')
process.stdout.write('held\n')
setInterval(() => undefined, 60_000)
