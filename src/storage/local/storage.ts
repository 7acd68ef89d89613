import {isDigest} from '../../artifact/digest.ts'
import {isTag} from '../../artifact/version.ts'
import {artifactReference} from '../reference.ts'
import type {Storage} from '../storage.ts'
import {withLimits} from '../transfer/limits.ts'
import {notFound, pullBlobs} from '../transfer/pull.ts'
import {expectTags} from '../transfer/tags.ts'
import {findManifest, firstMissing, localBlobs} from './blobs.ts'
import {checkLocal} from './check.ts'
import {isLayout} from './layout.ts'
import {canonicalPath} from './place.ts'
import {pushLocal} from './push.ts'
import {findTag, readIndex, tagsOf, withoutTag} from './tag-index.ts'
import {changeIndex, withTags} from './tags.ts'
import {removeUnusedFiles} from './unused.ts'

/**
 * Opens a folder as a storage: an OCI image layout. It need not exist: the first push makes it.
 * @param root folder that a relative path is relative to.
 */
export async function openLocalStorage(path: string, root: string): Promise<Storage> {
  const folder = await canonicalPath(root, path)
  const url = `file:${folder}`
  const blobs = localBlobs(folder, url)

  const tagIndex = async () => {
    await isLayout(folder)
    return readIndex(folder)
  }

  return {
    url,
    reference: (name) => artifactReference(folder, name),

    resolve: (reference, options = {}) =>
      withLimits(`reading ${url}`, options, async () => {
        const index = await tagIndex()
        if (isDigest(reference)) return findManifest(folder, reference)
        return isTag(reference) ? findTag(index, reference, folder) : undefined
      }),

    async pull(manifest, cache, options) {
      await isLayout(folder)
      return pullBlobs(blobs, manifest, cache, options)
    },

    push: (manifest, cache, requests, options) =>
      pushLocal(folder, blobs, manifest, cache, requests, options),

    async *tags(options = {}) {
      yield* tagsOf(await withLimits(`reading ${url}`, options, tagIndex))
    },

    tag: (manifest, request, options = {}) =>
      withLimits(`tagging in ${url}`, options, async (signal) => {
        expectTags([request])
        await tagIndex()
        await changeIndex(folder, signal, async (index) => {
          const found = await findManifest(folder, manifest.digest)
          if (found === undefined || (await firstMissing(folder, found)) !== undefined) {
            throw notFound(url, manifest)
          }
          return withTags(index, folder, [request], manifest)
        })
      }),

    remove: (tag, options = {}) =>
      withLimits(`removing from ${url}`, options, async (signal) => {
        await tagIndex()
        await changeIndex(folder, signal, (index) => withoutTag(index, tag))
      }),

    removeUnused: (options) =>
      withLimits(`cleaning up ${url}`, options, async (signal) => {
        await isLayout(folder)
        return removeUnusedFiles(folder, options, signal)
      }),

    check: (options) => checkLocal(folder, options),
  }
}
