import {behindStorage, storageContract} from '../../../src/storage/contract.ts'
import {memoryStore} from '../../../src/storage/object/memory.ts'
import {objectStorage} from '../../../src/storage/object/storage.ts'

storageContract({
  name: 'memory',
  atomicTags: true,
  removesUnused: true,
  async open() {
    const store = memoryStore()
    return {storage: objectStorage(store, {url: 'memory:'}), ...behindStorage(store)}
  },
})
