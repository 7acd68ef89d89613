import {storageContract} from '../../../src/storage/contract.ts'
import {memoryStore} from '../../../src/storage/object/memory.ts'
import {objectStorage} from '../../../src/storage/object/storage.ts'

storageContract({
  name: 'memory',
  atomicTags: true,
  open: async () => ({storage: objectStorage(memoryStore(), {url: 'memory:'})}),
})
