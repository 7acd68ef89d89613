import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {storageContract} from '../../../src/storage/contract.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'

storageContract({
  name: 'local',
  atomicTags: true,
  async open() {
    const root = await mkdtemp(join(tmpdir(), 'squizzle-local-'))
    return {
      storage: await openLocalStorage('artifacts', root),
      cleanup: () => rm(root, {recursive: true}),
    }
  },
})
