import {isDigest} from '../../artifact/digest.ts'
import {isTag} from '../../artifact/version.ts'
import {isSquizzleError} from '../../errors.ts'
import {artifactReference} from '../reference.ts'
import type {PushResult, Storage} from '../storage.ts'
import {abortable, withLimits} from '../transfer/limits.ts'
import {notFound, pullBlobs} from '../transfer/pull.ts'
import {pushBlobs} from '../transfer/push.ts'
import {expectTags} from '../transfer/tags.ts'
import {findManifest, objectBlobs} from './blobs.ts'
import {checkObjects} from './check.ts'
import {tagKey, tagPrefix} from './keys.ts'
import {listObjects} from './listing.ts'
import type {ObjectStore} from './store.ts'
import {objectTags} from './tags.ts'
import {removeUnusedObjects} from './unused.ts'

export interface ObjectPlace {
  /** The storage's `url`. */
  readonly url: string
  /** As people name an artifact there. Default: `<url>:<tag>`. */
  readonly reference?: (tagOrDigest: string) => string
  /** Transfers at a time. Default: 8. */
  readonly concurrency?: number
}

/**
 * Makes a storage of any store of small objects: blobs under `blobs/sha256/<hex>`, tags under
 * `tags/<tag>`. Where the store honours `ifAbsent`, two pushers of one version cannot both win.
 */
export function objectStorage(
  store: ObjectStore,
  {url, reference = (name) => artifactReference(url, name), concurrency = 8}: ObjectPlace,
): Storage {
  const blobs = objectBlobs(store, url, concurrency)
  const tags = objectTags(store, url, reference)

  return {
    url,
    reference,

    resolve: (name, options = {}) =>
      withLimits(`reading ${url}`, options, async (signal) => {
        if (isDigest(name)) return findManifest(store, url, name, signal)
        return isTag(name) ? tags.read(name, signal) : undefined
      }),

    pull: (manifest, cache, options) => pullBlobs(blobs, manifest, cache, options),

    push: (manifest, cache, requests, options = {}) =>
      withLimits('pushing artifact', options, async (signal) => {
        expectTags(requests)
        // most conflicts are known before anything is sent
        for (const request of requests) await tags.expectFree(request, manifest, signal)
        const moved = await pushBlobs(blobs, manifest, cache, signal, options.onProgress)
        const refusedTags: PushResult['refusedTags'][number][] = []
        for (const request of requests) {
          await tags.set(request, manifest, signal).catch((error: unknown) => {
            if (!isSquizzleError(error) || error.code !== 'TAG_IMMUTABLE') throw error
            refusedTags.push({name: request.name, reason: error.message})
          })
        }
        // until a tag named them, a clean-up could take the blobs that were there before
        const again = await pushBlobs(blobs, manifest, cache, signal, undefined)
        return {
          blobs: [...moved.blobs, ...again.blobs],
          bytes: moved.bytes + again.bytes,
          refusedTags,
        }
      }),

    async *tags(options = {}) {
      const objects = await withLimits(`reading ${url}`, options, (signal) =>
        listObjects(store, tagPrefix, signal),
      )
      yield* objects.map(({key}) => key.slice(tagPrefix.length)).filter(isTag)
    },

    tag: (manifest, request, options = {}) =>
      withLimits(`tagging in ${url}`, options, async (signal) => {
        expectTags([request])
        const found = await findManifest(store, url, manifest.digest, signal)
        if (found === undefined) throw notFound(url, manifest)
        await tags.set(request, manifest, signal)
      }),

    remove: (tag, options = {}) =>
      withLimits(`removing from ${url}`, options, async (signal) => {
        if (isTag(tag)) await abortable(signal, store.delete(tagKey(tag), {signal}))
      }),

    removeUnused: (options) =>
      withLimits(`cleaning up ${url}`, options, (signal) =>
        removeUnusedObjects({store, url, concurrency, tags}, options, signal),
      ),

    check: (options = {}) => checkObjects(store, url, options),
  }
}
