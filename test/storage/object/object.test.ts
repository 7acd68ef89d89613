import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {sha256} from '../../../src/artifact/digest.ts'
import {SquizzleError} from '../../../src/errors.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import type {Cache} from '../../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../../src/storage/contract/artifact.ts'
import {assertHolds, create, listTags, move} from '../../../src/storage/contract/scene.ts'
import {memoryStore} from '../../../src/storage/object/memory.ts'
import {objectStorage} from '../../../src/storage/object/storage.ts'
import type {ObjectStore, PutOptions} from '../../../src/storage/object/store.ts'
import type {Storage} from '../../../src/storage/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'

interface ObjectScene {
  readonly store: ObjectStore
  readonly storage: Storage
  readonly artifact: SampleArtifact
  readonly cache: Cache
  readonly there: Cache
}

const url = 'memory:test'
const {signal} = new AbortController()

/** A storage over a store that was changed in some way, with an artifact that is in the cache only. */
function withObjects(
  change: (store: ObjectStore) => Partial<ObjectStore>,
  work: (scene: ObjectScene) => Promise<void>,
): Promise<void> {
  return withTempDir(async (folder) => {
    const inner = memoryStore()
    const store = {...inner, ...change(inner)}
    const [cache, there] = [openCache(`${folder}/here`), openCache(`${folder}/there`)]
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await work({store, storage: objectStorage(store, {url}), artifact, cache, there})
  })
}

const unchanged = () => ({})

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = []
  for await (const {key} of store.list('', {signal})) keys.push(key)
  return keys.toSorted()
}

describe('a storage of objects', () => {
  it('keeps blobs and tags under the keys that are fixed', () =>
    withObjects(unchanged, async ({store, storage, artifact, cache}) => {
      await storage.push(artifact.manifest, cache, [create('1.0.0'), move('latest')])
      const blobs = [...artifact.blobs.keys()].map((one) => one.replace('sha256:', 'blobs/sha256/'))
      assert.deepEqual(await keysOf(store), [...blobs, 'tags/1.0.0', 'tags/latest'].toSorted())
      const tag = await store.get('tags/1.0.0', {signal})
      assert.equal(Buffer.from(tag!.bytes).toString(), JSON.stringify(artifact.manifest))
    }))

  it('writes versions only where none is, and aliases only over what it read', () => {
    const puts: [string, Omit<PutOptions, 'signal'>][] = []
    const noting = (inner: ObjectStore): Partial<ObjectStore> => ({
      put(key, bytes, {signal: given, ...conditions}) {
        if (key.startsWith('tags/')) puts.push([key, conditions])
        return inner.put(key, bytes, {...conditions, signal: given})
      },
    })
    return withObjects(noting, async ({store, storage, artifact, cache}) => {
      const second = sampleArtifact()
      await fillCache(cache, second)
      await storage.push(artifact.manifest, cache, [create('1.0.0'), move('latest')])
      const {etag} = (await store.get('tags/latest', {signal}))!
      await storage.push(second.manifest, cache, [create('1.0.1'), move('latest')])
      assert.deepEqual(puts, [
        ['tags/1.0.0', {ifAbsent: true}],
        ['tags/latest', {ifAbsent: true}],
        ['tags/1.0.1', {ifAbsent: true}],
        ['tags/latest', {ifMatch: etag}],
      ])
    })
  })

  it('believes what it reads back, not what the store said of the write', () => {
    const rival = {...sampleArtifact().manifest, digest: sha256('rival')}
    const racing = (inner: ObjectStore): Partial<ObjectStore> => ({
      async put(key, bytes, options) {
        const done = await inner.put(key, bytes, options)
        // a store that ignores the condition: the other pusher's write comes right after
        if (key === 'tags/1.0.0') {
          await inner.put(key, Buffer.from(JSON.stringify(rival)), {signal})
        }
        return done
      },
    })
    return withObjects(racing, async ({storage, artifact, cache}) => {
      const push = storage.push(artifact.manifest, cache, [create('1.0.0'), move('latest')])
      await assert.rejects(push, {code: 'VERSION_EXISTS'})
      assert.deepEqual(await listTags(storage), ['1.0.0'])
    })
  })

  it('moves an alias that others move at the same time', () => {
    let others = 3
    const crowded = (inner: ObjectStore): Partial<ObjectStore> => ({
      async put(key, bytes, options) {
        if (key === 'tags/latest' && others-- > 0) {
          const other = {...sampleArtifact().manifest}
          await inner.put(key, Buffer.from(JSON.stringify(other)), {signal})
        }
        return inner.put(key, bytes, options)
      },
    })
    return withObjects(crowded, async ({storage, artifact, cache}) => {
      const {refusedTags} = await storage.push(artifact.manifest, cache, [move('latest')])
      assert.deepEqual(refusedTags, [])
      assert.equal((await storage.resolve('latest'))?.digest, artifact.manifest.digest)
    })
  })

  it('reports an alias that the store never lets move, and sets the rest', () => {
    const stubborn = (inner: ObjectStore): Partial<ObjectStore> => ({
      put: async (key, bytes, options) =>
        key === 'tags/latest' ? false : inner.put(key, bytes, options),
    })
    return withObjects(stubborn, async ({storage, artifact, cache}) => {
      const tags = [create('1.0.0'), move('latest'), move('staging')]
      const {refusedTags} = await storage.push(artifact.manifest, cache, tags)
      assert.deepEqual(
        refusedTags.map(({name}) => name),
        ['latest'],
      )
      assert.deepEqual(await listTags(storage), ['1.0.0', 'staging'])
      const tag = storage.tag(artifact.manifest, move('latest'))
      await assert.rejects(tag, {code: 'TAG_IMMUTABLE'})
    })
  })

  it('asks once more for bytes that were damaged on the way', () => {
    let damages = 1
    const flaky = (inner: ObjectStore): Partial<ObjectStore> => ({
      async get(key, options) {
        const found = await inner.get(key, options)
        if (!key.startsWith('blobs/') || damages-- <= 0) return found
        return found && {...found, bytes: found.bytes.subarray(1)}
      },
    })
    return withObjects(flaky, async ({storage, artifact, cache, there}) => {
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      await storage.pull(artifact.manifest, there)
      await assertHolds(there, artifact)
    })
  })

  it('hands out nothing that is damaged there, and says which object', () => {
    const damaged = (inner: ObjectStore): Partial<ObjectStore> => ({
      async get(key, options) {
        const found = await inner.get(key, options)
        if (found !== undefined && key.startsWith('blobs/')) found.bytes[0]! ^= 1
        return found
      },
    })
    return withObjects(damaged, async ({storage, artifact, cache, there}) => {
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      const key = artifact.manifest.digest.replace('sha256:', 'blobs/sha256/')
      await assert.rejects(storage.pull(artifact.manifest, there), {
        code: 'INTEGRITY',
        message: new RegExp(`^${key} in memory:test is not the blob ${artifact.manifest.digest}`),
      })
      assert.equal(await there.has(artifact.manifest), false)
      assert.equal(await there.has(artifact.layers[0]!), false)
    })
  })

  it('says which layer is gone', () =>
    withObjects(unchanged, async ({store, storage, artifact, cache, there}) => {
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      const key = artifact.layers[0]!.digest.replace('sha256:', 'blobs/sha256/')
      await store.delete(key, {signal})
      const message = new RegExp(`^${key} in memory:test .*no such object$`)
      const pull = storage.pull(artifact.manifest, there)
      await assert.rejects(pull, {code: 'INTEGRITY', message})
      const {blobs} = await storage.push(artifact.manifest, cache, [create('1.0.0')])
      assert.deepEqual(blobs, [artifact.layers[0]!.digest])
    }))

  it('refuses a tag object that is none', () =>
    withObjects(unchanged, async ({store, storage}) => {
      for (const text of ['', '{}', '{"mediaType":"a/b","digest":"sha256:1","size":1}']) {
        await store.put('tags/1.0.0', Buffer.from(text), {signal})
        const message = /^tags\/1\.0\.0 in memory:test is damaged: not/
        await assert.rejects(storage.resolve('1.0.0'), {code: 'INTEGRITY', message})
      }
    }))

  it('lists only tags among its keys', () =>
    withObjects(unchanged, async ({store, storage}) => {
      for (const key of ['tags/1.0.0', 'tags/a/b', 'tags/', 'tags/.x', 'tagsoup', 'other/1.0.1']) {
        await store.put(key, Buffer.from('{}'), {signal})
      }
      assert.deepEqual(await listTags(storage), ['1.0.0'])
    }))

  it('moves no more blobs at a time than it may', () => {
    let [now, most] = [0, 0]
    const counting = (inner: ObjectStore): Partial<ObjectStore> => ({
      async put(...args) {
        most = Math.max(most, ++now)
        await sleep(5)
        now--
        return inner.put(...args)
      },
    })
    return withObjects(counting, async ({store, cache}) => {
      let artifact = sampleArtifact()
      for (let minor = 1; minor < 20; minor++) artifact = sampleArtifact({on: artifact})
      await fillCache(cache, artifact)
      const storage = objectStorage(store, {url, concurrency: 3})
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      assert.equal(most, 3)
    })
  })

  it('gives up a store that does not answer, when the time is over', () => {
    const silent = (): Partial<ObjectStore> => ({
      get: () => new Promise(() => undefined),
      async *list() {
        await new Promise(() => undefined)
        yield {key: '', size: 0}
      },
    })
    return withObjects(silent, async ({storage, artifact, cache, there}) => {
      const options = {timeout: 20}
      const late = (message: string) => ({code: 'TIMEOUT', message})
      const pull = storage.pull(artifact.manifest, there, options)
      await assert.rejects(pull, late('timeout pulling artifact'))
      const push = storage.push(artifact.manifest, cache, [create('1.0.0')], options)
      await assert.rejects(push, late('timeout pushing artifact'))
      await assert.rejects(storage.resolve('1.0.0', options), late('timeout reading memory:test'))
      const listing = async () => {
        for await (const tag of storage.tags(options)) assert.fail(tag)
      }
      await assert.rejects(listing(), late('timeout reading memory:test'))
    })
  })

  it('passes on what the store fails with', () => {
    const failure = new SquizzleError('PERMISSION_DENIED', 'no')
    const closed = (): Partial<ObjectStore> => ({get: () => Promise.reject(failure)})
    return withObjects(closed, async ({storage}) => {
      await assert.rejects(storage.resolve('1.0.0'), (error) => error === failure)
    })
  })
})

describe('the check of a storage of objects', () => {
  it('leaves nothing behind', () =>
    withObjects(unchanged, async ({store, storage}) => {
      assert.deepEqual(
        (await storage.check()).map(({status}) => status),
        ['ok', 'ok'],
      )
      assert.deepEqual(await keysOf(store), [])
    }))

  it('finds a store that lets a second writer win', () => {
    const lax = (inner: ObjectStore): Partial<ObjectStore> => ({
      put: (key, bytes, {signal: given}) => inner.put(key, bytes, {signal: given}),
    })
    return withObjects(lax, async ({store, storage}) => {
      const [, writable] = await storage.check()
      assert.equal(writable?.status, 'failed')
      assert.equal(writable.message, 'memory:test lets a second writer replace a version')
      assert.deepEqual(await keysOf(store), [])
    })
  })

  it('finds a store that changes what it keeps, or takes nothing', () => {
    const changing = (inner: ObjectStore): Partial<ObjectStore> => ({
      put: (key, bytes, options) => inner.put(key, bytes.subarray(1), options),
    })
    const full = (): Partial<ObjectStore> => ({put: async () => false})
    const messages = [
      'memory:test does not return what was written to it',
      'memory:test takes no new object',
    ]
    return Promise.all(
      [changing, full].map((change, one) =>
        withObjects(change, async ({storage}) => {
          assert.equal((await storage.check())[1]?.message, messages[one])
        }),
      ),
    ).then(() => undefined)
  })
})
