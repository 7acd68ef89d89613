import assert from 'node:assert/strict'
import {tmpdir} from 'node:os'
import * as v from 'valibot'
import {sha256} from '../../../src/artifact/digest.ts'
import type {Descriptor} from '../../../src/artifact/descriptor.ts'
import {mediaTypes} from '../../../src/artifact/media-types.ts'
import {SquizzleError} from '../../../src/errors.ts'
import {defineStorage, type StorageBackend} from '../../../src/storage/backend.ts'
import type {Cache} from '../../../src/storage/cache.ts'
import {memoryStore} from '../../../src/storage/object/memory.ts'
import {objectStorage} from '../../../src/storage/object/storage.ts'
import {guardBackend} from '../../../src/storage/plugin/guard.ts'
import type {Storage} from '../../../src/storage/storage.ts'
import {behindStorage, storageContract} from '../../../src/storage/contract.ts'

const context = {root: tmpdir(), env: {}, stateDir: tmpdir(), warn: () => undefined}
const manifest: Descriptor = {mediaType: mediaTypes.manifest, digest: sha256('x'), size: 1}
const never = new Promise<never>(() => undefined)

storageContract({
  name: 'what a plugin opens',
  atomicTags: true,
  async open() {
    const store = memoryStore()
    const storage = await opened(objectStorage(store, {url: 'shelf:'}))
    return {storage, ...behindStorage(store)}
  },
})

describe('a plugin that fails', () => {
  const noLuck = () => {
    throw new TypeError('no luck')
  }
  const calls: Record<string, (storage: Storage) => unknown> = {
    reference: (storage) => storage.reference('1.0.0'),
    resolve: (storage) => storage.resolve('1.0.0'),
    pull: (storage) => storage.pull(manifest, {} as Cache),
    push: (storage) => storage.push(manifest, {} as Cache, []),
    tags: (storage) => Array.fromAsync(storage.tags()),
    tag: (storage) => storage.tag(manifest, {name: 'x', mode: 'move'}),
    remove: (storage) => storage.remove('x'),
    check: (storage) => storage.check(),
  }
  for (const [method, call] of Object.entries(calls)) {
    it(`in ${method} is named`, async () => {
      const storage = await opened({[method]: noLuck})
      await assert.rejects(async () => call(storage), {
        code: 'PLUGIN_FAILED',
        message: `the plugin squizzle-shelf failed in ${method}: no luck`,
      })
    })
  }

  it('while its configuration or a URL is read is named', async () => {
    const backend = guard({
      ...shelf({}),
      fromUrl: noLuck,
      configSchema: v.pipe(v.unknown(), v.check(noLuck)),
    })
    const named = {code: 'PLUGIN_FAILED', message: /squizzle-shelf failed to .*: no luck/}
    assert.throws(() => backend.fromUrl?.('shelf:'), named)
    assert.throws(() => v.safeParse(backend.configSchema, {}), named)
  })

  it('by a rule of squizzle keeps its own words', async () => {
    const error = new SquizzleError('UNREACHABLE', 'the shelf is not there')
    const storage = await opened({resolve: () => Promise.reject(error)})
    await assert.rejects(storage.resolve('x'), error)
  })
})

describe('a plugin that hangs', () => {
  it('while it opens is given up', async () => {
    const backend = guard({...shelf({}), open: () => never}, {open: 20})
    await assert.rejects(backend.open({}, context), {
      code: 'PLUGIN_FAILED',
      message: /squizzle-shelf failed to open its storage: nothing was heard of it for 0\.02 s/,
    })
  })

  it('in a method is given up', async () => {
    const storage = await opened({resolve: () => never, tags: hangingTags}, {silence: 20})
    await assert.rejects(storage.resolve('x'), {code: 'PLUGIN_FAILED', message: /in resolve/})
    await assert.rejects(Array.fromAsync(storage.tags()), {code: 'PLUGIN_FAILED'})
  })

  it('past the time that it was given is given up', async () => {
    const storage = await opened({remove: () => never}, {grace: 20})
    await assert.rejects(storage.remove('x', {timeout: 10}), {code: 'PLUGIN_FAILED'})
  })

  it('after Ctrl-C is left behind', async () => {
    const storage = await opened({remove: () => never}, {grace: 20})
    const reason = new SquizzleError('INTERRUPTED', 'interrupted')
    await assert.rejects(storage.remove('x', {signal: AbortSignal.abort(reason)}), reason)
    const controller = new AbortController()
    const removal = storage.remove('x', {signal: controller.signal})
    controller.abort(reason)
    await assert.rejects(removal, reason)
  })

  it('is not one that makes progress', async () => {
    const progress = {digest: manifest.digest, size: 1, state: 'moving'} as const
    const heard: unknown[] = []
    const storage = await opened(
      {
        pull: async (_manifest, _cache, options = {}) => {
          for (let steps = 0; steps < 5; steps++) {
            await new Promise((resolve) => setTimeout(resolve, 400))
            options.onProgress?.(progress)
          }
          return {blobs: [], bytes: 0}
        },
      },
      {silence: 1500},
    )
    const onProgress = (one: unknown) => void heard.push(one)
    await storage.pull(manifest, {} as Cache, {onProgress})
    assert.equal(heard.length, 5)
  })
})

async function* hangingTags() {
  yield '1.0.0'
  await never
}

function shelf(methods: Partial<Storage>): StorageBackend {
  return defineStorage({
    apiVersion: 1,
    type: 'shelf',
    configSchema: v.unknown(),
    open: async () => ({...objectStorage(memoryStore(), {url: 'shelf:'}), ...methods}),
  })
}

type Limits = {silence?: number; open?: number; grace?: number}

function guard(backend: StorageBackend, limits: Limits = {}): StorageBackend {
  const long = 60_000
  return guardBackend(backend, 'squizzle-shelf', {
    hook: long,
    open: long,
    silence: long,
    grace: long,
    ...limits,
  })
}

function opened(methods: Partial<Storage>, limits?: Limits): Promise<Storage> {
  return guard(shelf(methods), limits).open({}, context)
}
