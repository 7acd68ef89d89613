import type {ObjectStore} from './store.ts'

/** An object store that lives as long as the process: for tests, and as the shortest example of a store. */
export function memoryStore(): ObjectStore {
  const objects = new Map<string, {bytes: Uint8Array; etag: string; modified: Date}>()
  let writes = 0
  return {
    async get(key) {
      const found = objects.get(key)
      return found && {bytes: Uint8Array.from(found.bytes), etag: found.etag}
    },
    async put(key, bytes, {ifAbsent = false, ifMatch}) {
      const found = objects.get(key)
      if (ifAbsent && found !== undefined) return false
      if (ifMatch !== undefined && found?.etag !== ifMatch) return false
      objects.set(key, {
        bytes: Uint8Array.from(bytes),
        etag: String(++writes),
        modified: new Date(),
      })
      return true
    },
    async *list(prefix) {
      const found = [...objects].filter(([key]) => key.startsWith(prefix))
      for (const [key, {bytes, modified}] of found) {
        yield {key, size: bytes.byteLength, modified}
      }
    },
    async delete(key) {
      objects.delete(key)
    },
  }
}
