import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {hexOf} from '../../../src/artifact/digest.ts'
import {storageContract} from '../../../src/storage/contract.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'

storageContract({
  name: 'local',
  atomicTags: true,
  removesUnused: true,
  visitor: new URL('visitor.ts', import.meta.url),
  async open() {
    const root = await mkdtemp(join(tmpdir(), 'squizzle-local-'))
    const blobs = join(root, 'artifacts/blobs/sha256')
    return {
      storage: await openLocalStorage('artifacts', root),
      address: root,
      replace: async (digest, bytes) => {
        const path = join(blobs, hexOf(digest))
        await rm(path)
        await writeFile(path, bytes)
      },
      cleanup: () => rm(root, {recursive: true}),
    }
  },
})
