import assert from 'node:assert/strict'
import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {sha256} from '../../src/artifact/digest.ts'
import {withTempDir} from '../../src/files/temp.ts'
import type {Cache} from '../../src/storage/cache.ts'
import {fillCache, sampleArtifact} from '../../src/storage/contract/artifact.ts'
import {assertFails, assertHolds, create, move} from '../../src/storage/contract/scene.ts'
import {openLocalStorage} from '../../src/storage/local/storage.ts'
import {memoryStore} from '../../src/storage/object/memory.ts'
import {objectStorage} from '../../src/storage/object/storage.ts'
import type {ObjectStore} from '../../src/storage/object/store.ts'
import type {Storage, UnusedOptions} from '../../src/storage/storage.ts'
import {openCache} from '../../src/storage/workspace/cache.ts'
import {describeWith} from '../support/services.ts'
import {newBucket, objectsIn} from '../support/s3.ts'
import {openBucket} from './s3/support/bucket.ts'

interface Place {
  readonly storage: Storage
  /** Digests of the blobs that are really there. */
  readonly blobs: () => Promise<readonly string[]>
}

type Story = (place: Place, cache: Cache) => Promise<void>

const day = 86_400_000

function removeUnused(storage: Storage, options: Partial<UnusedOptions> & {cache: Cache}) {
  const work = storage.removeUnused?.({olderThan: 0, dryRun: false, withoutTags: [], ...options})
  assert.ok(work)
  return work
}

/** Two artifacts on one layer, of which the first has lost its tag, and what a killed push has left. */
async function abandon({storage}: Place, cache: Cache) {
  const base = sampleArtifact()
  const old = sampleArtifact({version: '1.1.0', on: base})
  const next = sampleArtifact({version: '1.2.0', on: base})
  await fillCache(cache, base, old, next)
  await storage.push(old.manifest, cache, [create('1.1.0')])
  await storage.push(next.manifest, cache, [create('1.2.0'), move('latest')])
  const left = [old.manifest, old.config, old.layers[1]!].map(({digest}) => digest).toSorted()
  return {old, next, left}
}

function behaves(name: string, withPlace: (story: Story) => Promise<void>): void {
  describe(`removing unused blobs: ${name}`, () => {
    it('takes what no tag needs, and nothing else', () =>
      withPlace(async (place, cache) => {
        const {storage, blobs} = place
        const {next, left} = await abandon(place, cache)
        const before = await blobs()
        assert.deepEqual((await removeUnused(storage, {cache})).blobs, [])
        await storage.remove('1.1.0')
        const {blobs: gone} = await removeUnused(storage, {cache})
        assert.deepEqual(gone.toSorted(), left)
        assert.deepEqual(
          await blobs(),
          before.filter((digest) => !left.includes(digest as (typeof left)[number])),
        )
        const fresh = openCache(`${cache.folder}-fresh`)
        await storage.pull(next.manifest, fresh)
        await assertHolds(fresh, next)
      }))

    it('says in a dry run what would go, as if the tags were gone', () =>
      withPlace(async (place, cache) => {
        const {left} = await abandon(place, cache)
        const before = await place.blobs()
        const options = {dryRun: true, withoutTags: ['1.1.0'], cache}
        const {blobs, bytes} = await removeUnused(place.storage, options)
        assert.deepEqual(blobs.toSorted(), left)
        assert.ok(bytes > 0)
        assert.deepEqual(await place.blobs(), before)
      }))

    it('spares what is young', () =>
      withPlace(async (place, cache) => {
        await abandon(place, cache)
        await place.storage.remove('1.1.0')
        const before = await place.blobs()
        const {blobs} = await removeUnused(place.storage, {olderThan: day, cache})
        assert.deepEqual(blobs, [])
        assert.deepEqual(await place.blobs(), before)
      }))
  })
}

behaves('a folder', (story) =>
  withTempDir(async (root) => {
    const folder = join(root, 'artifacts')
    const names = () => readdir(join(folder, 'blobs/sha256'))
    const blobs = async () => (await names()).map((hex) => `sha256:${hex}`).toSorted()
    await story(
      {storage: await openLocalStorage(folder, '/'), blobs},
      openCache(join(root, 'cache')),
    )
  }),
)

behaves('an object store', (story) => withObjects(memoryStore(), story))

describeWith(['s3'], 'a bucket', () => {
  behaves('S3', (story) =>
    withTempDir(async (root) => {
      const bucket = await newBucket()
      const {storage} = await openBucket({bucket})
      const blobs = async () => digestsOf(Object.keys(await objectsIn(bucket)))
      await story({storage, blobs}, openCache(join(root, 'cache')))
    }),
  )
})

async function withObjects(store: ObjectStore, story: Story): Promise<void> {
  await withTempDir(async (root) => {
    const signal = new AbortController().signal
    const keys = async () => (await Array.fromAsync(store.list('', {signal}))).map(({key}) => key)
    await story(
      {storage: objectStorage(store, {url: 'memory:'}), blobs: async () => digestsOf(await keys())},
      openCache(join(root, 'cache')),
    )
  })
}

function digestsOf(keys: readonly string[]): readonly string[] {
  return keys
    .filter((key) => key.startsWith('blobs/sha256/'))
    .map((key) => key.replace('blobs/sha256/', 'sha256:'))
    .toSorted()
}

describe('removing unused blobs while others push', () => {
  it('puts back in an object store what a push came to rely on', async () => {
    const plain = memoryStore()
    let beforeDeletes: Promise<void> | undefined
    let pushMeanwhile = async () => {}
    const store: ObjectStore = {
      ...plain,
      async delete(key, options) {
        if (key.startsWith('blobs/')) await (beforeDeletes ??= pushMeanwhile())
        await plain.delete(key, options)
      },
    }
    await withObjects(store, async (place, cache) => {
      const {old} = await abandon(place, cache)
      await place.storage.remove('1.1.0')
      // it finds all of its blobs there, and uploads none
      pushMeanwhile = async () => {
        const {blobs} = await place.storage.push(old.manifest, cache, [create('1.1.0')])
        assert.deepEqual(blobs, [])
      }
      // nothing of it in the cache of who cleans up
      const other = openCache(`${cache.folder}-other`)
      assert.deepEqual((await removeUnused(place.storage, {cache: other})).blobs, [])
      const fresh = openCache(`${cache.folder}-fresh`)
      await place.storage.pull(old.manifest, fresh)
      await assertHolds(fresh, old)
      assert.equal(await other.read(old.manifest.digest), undefined, 'the copy is gone again')
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
    })).timeout(60_000)
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
