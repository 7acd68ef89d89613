import type {Descriptor} from '../../artifact/descriptor.ts'
import {SquizzleError} from '../../errors.ts'
import {descriptorSchema, parseJson} from '../descriptors.ts'
import type {TagRequest} from '../storage.ts'
import {abortable} from '../transfer/limits.ts'
import {isTagSet} from '../transfer/tags.ts'
import {tagKey} from './keys.ts'
import type {ObjectStore} from './store.ts'

/** Others move a tag between our reading and our writing at most a few times in a row. */
const attempts = 10

/** Tags as objects: each is the descriptor that it names, as JSON. */
export interface ObjectTags {
  read(tag: string, signal: AbortSignal): Promise<Descriptor | undefined>
  /** @throws VERSION_EXISTS where setting the tag would */
  expectFree(request: TagRequest, manifest: Descriptor, signal: AbortSignal): Promise<void>
  /** @throws VERSION_EXISTS, or TAG_IMMUTABLE where an alias cannot be moved */
  set(request: TagRequest, manifest: Descriptor, signal: AbortSignal): Promise<void>
}

export function objectTags(
  store: ObjectStore,
  url: string,
  reference: (tag: string) => string,
): ObjectTags {
  async function get(tag: string, signal: AbortSignal) {
    const object = await abortable(signal, store.get(tagKey(tag), {signal}))
    if (object === undefined) return undefined
    const where = `${tagKey(tag)} in ${url}`
    const {mediaType, digest, size} = parseJson(
      descriptorSchema,
      object.bytes,
      where,
      'a descriptor',
    )
    return {manifest: {mediaType, digest, size}, etag: object.etag}
  }

  return {
    read: async (tag, signal) => (await get(tag, signal))?.manifest,

    async expectFree(request, manifest, signal) {
      if (request.mode === 'move') return
      const found = await get(request.name, signal)
      isTagSet(request, found?.manifest, manifest, reference(request.name))
    },

    /** What is written is read back: where a server ignores the condition, the last writer's word counts. */
    async set(request, {mediaType, digest, size}, signal) {
      const manifest = {mediaType, digest, size}
      const bytes = Buffer.from(JSON.stringify(manifest))
      for (let tries = 0; tries < attempts; tries++) {
        const found = await get(request.name, signal)
        if (isTagSet(request, found?.manifest, manifest, reference(request.name))) return
        const condition = found === undefined ? {ifAbsent: true} : {ifMatch: found.etag}
        signal.throwIfAborted()
        const put = store.put(tagKey(request.name), bytes, {...condition, signal})
        // written is enough for an alias, which the next one may have moved by now
        if ((await abortable(signal, put)) && request.mode === 'move') return
      }
      throw new SquizzleError('TAG_IMMUTABLE', `${reference(request.name)} could not be moved`, {
        hint: 'Somebody else moves it all the time, or the storage forbids it.',
        details: {tag: request.name},
      })
    },
  }
}
