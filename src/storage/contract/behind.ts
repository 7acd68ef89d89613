import {blobKey, tagKey} from '../object/keys.ts'
import type {ObjectStore} from '../object/store.ts'
import {inParallel} from '../transfer/parallel.ts'
import type {OpenedStorage} from './scene.ts'

/** For a storage that `objectStorage` makes of a store: the ways behind its back. */
export function behindStorage(
  store: ObjectStore,
): Required<Pick<OpenedStorage, 'replace' | 'plant'>> {
  const {signal} = new AbortController()
  return {
    replace: (digest, bytes) => store.put(blobKey(digest), bytes, {signal}),
    plant: async (tags, {mediaType, digest, size}) => {
      const bytes = Buffer.from(JSON.stringify({mediaType, digest, size}))
      await inParallel(
        tags,
        20,
        async (tag) => void (await store.put(tagKey(tag), bytes, {signal})),
      )
    },
  }
}
