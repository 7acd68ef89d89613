import assert from 'node:assert/strict'
import {sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {memoryStore} from '../../../src/storage/object/memory.ts'
import {objectStorage} from '../../../src/storage/object/storage.ts'
import type {ObjectStore} from '../../../src/storage/object/store.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {limits} from '../../../src/artifact/limits.ts'
import {mediaTypes} from '../../../src/artifact/media-types.ts'
import {sha256} from '../../../src/artifact/digest.ts'
import {rejectsWith} from '../../support/errors.ts'

const megabyte = 1024 * 1024

/** A store that tells how many bytes were on their way at once, at most. */
function weighed(store: ObjectStore) {
  let now = 0
  let most = 0
  const weigh = async <T>(bytes: number, work: () => Promise<T>): Promise<T> => {
    now += bytes
    most = Math.max(most, now)
    try {
      await new Promise((resolve) => setImmediate(resolve))
      return await work()
    } finally {
      now -= bytes
    }
  }
  const watched: ObjectStore = {
    ...store,
    put: (key, bytes, options) => weigh(bytes.byteLength, () => store.put(key, bytes, options)),
    async get(key, options) {
      const found = await store.get(key, options)
      return weigh(found?.bytes.byteLength ?? 0, async () => found)
    },
  }
  return {store: watched, most: () => most}
}

describe('blobs of an object store', () => {
  it('are not all in memory at once, however large they are', () =>
    withTempDir(async (folder) => {
      let artifact = sampleArtifact({size: 30 * megabyte})
      for (const version of ['1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0']) {
        artifact = sampleArtifact({version, size: 30 * megabyte, on: artifact})
      }
      const {store, most} = weighed(memoryStore())
      const storage = objectStorage(store, {url: 'memory:test'})
      const here = openCache(`${folder}/here`)
      for (const bytes of artifact.blobs.values()) await here.write(bytes)
      await storage.push(artifact.manifest, here, [{name: '1.5.0', mode: 'create'}])
      await storage.pull(artifact.manifest, openCache(`${folder}/there`))
      assert.ok(most() > 60 * megabyte, 'never two at once')
      assert.ok(most() < 129 * megabyte, `${most()} bytes`)
    }))

  it('are not asked for where a manifest claims one that no release can have', () =>
    withTempDir(async (folder) => {
      const size = limits.layer * 2
      const {manifest: mediaType, config, layer} = mediaTypes
      const bytes = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType,
          config: {mediaType: config, digest: sha256('{}'), size: 2},
          layers: [{mediaType: layer, digest: sha256('nothing'), size}],
        }),
      )
      const {store} = weighed(memoryStore())
      const digest = sha256(bytes)
      const {signal} = new AbortController()
      await store.put(`blobs/sha256/${digest.slice(7)}`, bytes, {signal})
      await store.put(`blobs/sha256/${sha256('{}').slice(7)}`, Buffer.from('{}'), {signal})
      const storage = objectStorage(store, {url: 'memory:test', concurrency: 1})
      const artifact = {mediaType, digest, size: bytes.length}
      await rejectsWith('TOO_LARGE', () => storage.pull(artifact, openCache(folder)))
    }))
})
