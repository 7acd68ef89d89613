import assert from 'node:assert/strict'
import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {sha256} from '../../src/artifact/digest.ts'
import {withTempDir} from '../../src/files/temp.ts'
import type {Cache} from '../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../src/storage/contract/artifact.ts'
import {assertFails, assertHolds, create} from '../../src/storage/contract/scene.ts'
import {openLocalStorage} from '../../src/storage/local/storage.ts'
import {memoryStore} from '../../src/storage/object/memory.ts'
import {objectStorage} from '../../src/storage/object/storage.ts'
import type {ObjectStore} from '../../src/storage/object/store.ts'
import type {Storage, UnusedOptions} from '../../src/storage/storage.ts'
import {openCache} from '../../src/storage/workspace/cache.ts'

function removeUnused(storage: Storage, options: Partial<UnusedOptions> & {cache: Cache}) {
  const work = storage.removeUnused?.({olderThan: 0, dryRun: false, withoutTags: [], ...options})
  assert.ok(work)
  return work
}

/** A store in memory that runs the work once, right before the first change for which it is told to. */
function interrupted(
  isMoment: (change: 'put' | 'delete', key: string) => boolean,
  work: () => Promise<void>,
): ObjectStore {
  const plain = memoryStore()
  let done: Promise<void> | undefined
  const pause = async (change: 'put' | 'delete', key: string) => {
    if (isMoment(change, key)) await (done ??= work())
  }
  return {
    ...plain,
    async put(key, bytes, options) {
      await pause('put', key)
      return plain.put(key, bytes, options)
    },
    async delete(key, options) {
      await pause('delete', key)
      await plain.delete(key, options)
    },
  }
}

/** A storage of it, in which an artifact lost its tag. */
async function withAbandoned(
  store: ObjectStore,
  story: (
    storage: Storage,
    old: SampleArtifact,
    newCache: (name: string) => Cache,
  ) => Promise<void>,
): Promise<void> {
  await withTempDir(async (root) => {
    const storage = objectStorage(store, {url: 'memory:'})
    const newCache = (name: string) => openCache(join(root, name))
    const old = sampleArtifact()
    await fillCache(newCache('here'), old)
    await storage.push(old.manifest, newCache('here'), [create('1.0.0')])
    await storage.remove('1.0.0')
    await story(storage, old, newCache)
  })
}

describe('removing unused blobs while others push', () => {
  it('puts back in an object store what a push came to rely on', async () => {
    let pushMeanwhile = async () => {}
    const store = interrupted(
      (change, key) => change === 'delete' && key.startsWith('blobs/'),
      () => pushMeanwhile(),
    )
    await withAbandoned(store, async (storage, old, newCache) => {
      // it finds all of its blobs there, and uploads none
      pushMeanwhile = async () => {
        const {blobs} = await storage.push(old.manifest, newCache('here'), [create('1.0.0')])
        assert.deepEqual(blobs, [])
      }
      // nothing of it in the cache of who cleans up
      const other = newCache('other')
      assert.deepEqual((await removeUnused(storage, {cache: other})).blobs, [])
      await storage.pull(old.manifest, newCache('fresh'))
      await assertHolds(newCache('fresh'), old)
      assert.equal(await other.read(old.manifest.digest), undefined, 'the copy is gone again')
    })
  })

  it('lets a push bring again what went after it was found and before a tag named it', async () => {
    let cleanUpMeanwhile = async () => {}
    const store = interrupted(
      (change, key) => change === 'put' && key === 'tags/1.0.1',
      () => cleanUpMeanwhile(),
    )
    await withAbandoned(store, async (storage, old, newCache) => {
      let gone: readonly string[] = []
      cleanUpMeanwhile = async () => {
        gone = (await removeUnused(storage, {cache: newCache('other')})).blobs
      }
      const {blobs} = await storage.push(old.manifest, newCache('here'), [create('1.0.1')])
      assert.equal(gone.length, 3)
      assert.deepEqual(blobs.toSorted(), gone.toSorted())
      await storage.pull(old.manifest, newCache('fresh'))
      await assertHolds(newCache('fresh'), old)
    })
  })

  it('leaves in a folder whole whatever is tagged, round by round', () =>
    withTempDir(async (root) => {
      const folder = join(root, 'artifacts')
      const cache = openCache(join(root, 'cache'))
      const [pusher, cleaner] = [
        await openLocalStorage(folder, '/'),
        await openLocalStorage(folder, '/'),
      ]
      for (let round = 0; round < 40; round++) {
        const artifact = sampleArtifact()
        await fillCache(cache, artifact)
        const tag = `1.0.${round}`
        await pusher.push(artifact.manifest, cache, [create(tag)])
        await pusher.remove(tag)
        await Promise.all([
          pusher.push(artifact.manifest, cache, [create(tag)]),
          removeUnused(cleaner, {cache}),
        ])
        const fresh = openCache(join(root, `fresh-${round}`))
        await pusher.pull(artifact.manifest, fresh)
        await assertHolds(fresh, artifact)
      }
    })).timeout(180_000)
})

describe('removing unused blobs of a layout that others use too', () => {
  it("keeps what hangs on other tools' indexes, tagged or not", () =>
    withTempDir(async (root) => {
      const folder = join(root, 'artifacts')
      const cache = openCache(join(root, 'cache'))
      const storage = await openLocalStorage(folder, '/')
      const artifact = sampleArtifact()
      await fillCache(cache, artifact)
      await storage.push(artifact.manifest, cache, [create('1.0.0')])

      const put = async (content: string) => {
        const digest = sha256(Buffer.from(content))
        await writeFile(join(folder, 'blobs/sha256', digest.slice(7)), content)
        return {mediaType: 'application/octet-stream', digest, size: content.length}
      }
      const layer = await put('a layer of an image')
      const config = await put('{}')
      const image = await put(JSON.stringify({schemaVersion: 2, config, layers: [layer]}))
      const list = await put(JSON.stringify({schemaVersion: 2, manifests: [image]}))
      const stray = await put('nobody needs it')
      const path = join(folder, 'index.json')
      const index = JSON.parse(await readFile(path, 'utf8')) as {manifests: object[]}
      await writeFile(path, JSON.stringify({...index, manifests: [...index.manifests, list]}))

      const {blobs} = await removeUnused(storage, {cache})
      assert.deepEqual(blobs, [stray.digest])
    }))

  it('removes nothing where a manifest is damaged, for nobody knows what it needs', () =>
    withTempDir(async (root) => {
      const cache = openCache(join(root, 'cache'))
      const storage = await openLocalStorage(join(root, 'artifacts'), '/')
      const [artifact, lost] = [sampleArtifact(), sampleArtifact()]
      await fillCache(cache, artifact, lost)
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      await storage.push(lost.manifest, cache, [create('1.1.0')])
      await storage.remove('1.1.0')
      const folder = join(root, 'artifacts/blobs/sha256')
      const before = await readdir(folder)
      const manifest = join(folder, artifact.manifest.digest.slice(7))
      await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('contract', 'contrast'))
      await assertFails(removeUnused(storage, {cache}), 'INTEGRITY')
      assert.deepEqual(await readdir(folder), before)
    }))
})
