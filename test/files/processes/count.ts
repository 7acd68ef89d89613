/** Adds one to a number in a file, several times, in a way that only a lock makes safe. */
import {readFile, writeFile} from 'node:fs/promises'
import {withLockFile} from '../../../src/files/lock.ts'

const [lock = '', file = '', times = ''] = process.argv.slice(2)

for (let time = 0; time < Number(times); time++) {
  await withLockFile(lock, async () => {
    const count = Number(await readFile(file, 'utf8'))
    await writeFile(file, String(count + 1))
  })
}
