import assert from 'node:assert/strict'
import {tmpdir} from 'node:os'
import * as v from 'valibot'
import {defineStorage} from '../../src/storage/backend.ts'
import {
  backendForUrl,
  builtInBackends,
  findBackend,
  registerBackends,
  type RegisteredBackend,
} from '../../src/storage/backends.ts'
import {memoryStore} from '../../src/storage/object/memory.ts'
import {objectStorage} from '../../src/storage/object/storage.ts'

const shelf = defineStorage({
  apiVersion: 1,
  type: 'shelf',
  configSchema: v.strictObject({board: v.number()}),
  fromUrl: (url) => (url.startsWith('shelf:') ? {board: Number(url.slice(6))} : undefined),
  open: async ({board}) => objectStorage(memoryStore(), {url: `shelf:${board}`}),
})

const context = {root: tmpdir(), env: {}, stateDir: tmpdir(), warn: () => undefined}

describe('the storage backends', () => {
  it('are opened by type, with a config that their schema has typed', async () => {
    const backends = registerBackends(builtInBackends(), [shelf], 'squizzle-shelf')
    const backend = findBackend(backends, 'shelf')
    const storage = await backend.open(v.parse(backend.configSchema, {board: 3}), context)
    assert.equal(storage.url, 'shelf:3')
    assert.equal(storage.reference('1.0.0'), 'shelf:3:1.0.0')
    const local = findBackend(backends, 'local')
    assert.match((await local.open({path: 'a'}, context)).url, /^file:\/.*\/a$/)
  })

  it('are found by URL', () => {
    const backends = registerBackends(builtInBackends(), [shelf], 'squizzle-shelf')
    const expected = {
      'file:./db/artifacts': {path: './db/artifacts'},
      'file:/srv/my%20artifacts': {path: '/srv/my%20artifacts'},
      'file:///srv/my%20artifacts': {path: '/srv/my artifacts'},
      'shelf:4': {board: 4},
    }
    for (const [url, config] of Object.entries(expected)) {
      const found = backendForUrl(backends, url)
      assert.deepEqual(found.config, config)
      assert.ok(v.is(found.backend.configSchema, config))
    }
  })

  it('take no config with unknown keys or without a folder', () => {
    const {configSchema} = findBackend(builtInBackends(), 'local')
    for (const config of [{}, {path: ''}, {path: 1}, {path: 'a', pth: 'b'}, 'a']) {
      assert.equal(v.is(configSchema, config), false)
    }
    assert.throws(() => backendForUrl(builtInBackends(), 'file://host/x'), {code: 'CONFIG_INVALID'})
    const {backend, config} = backendForUrl(builtInBackends(), 'file:')
    assert.equal(v.is(backend.configSchema, config), false)
  })

  it('are suggested where a type is nearly theirs', () => {
    const backends = registerBackends(builtInBackends(), [shelf], 'squizzle-shelf')
    assert.throws(() => findBackend(backends, 'shelv'), {
      code: 'CONFIG_INVALID',
      message: 'no storage is of type "shelv"',
      hint: /^Did you mean shelf\? There are .*local.*shelf/,
    })
    assert.throws(() => findBackend(backends, 'teapot'), {hint: /^There are/})
    assert.throws(() => findBackend([], 'local'), {code: 'CONFIG_INVALID'})
  })

  it('never show a URL that nobody takes: it may hold a password', () => {
    const url = 'ftp://user:p@ss/word@host/x'
    assert.throws(
      () => backendForUrl(builtInBackends(), url),
      (error: Error & {hint: string}) => {
        assert.equal(error.message, 'no storage takes URLs of the form ftp:...')
        assert.doesNotMatch(`${error.hint} ${JSON.stringify(error)}`, /ss\/word/)
        return true
      },
    )
    assert.throws(() => backendForUrl(builtInBackends(), './artifacts'), {
      message: 'the storage is not a URL',
    })
  })

  for (const offered of [undefined, {}, {...shelf, type: 'Big Shelf'}]) {
    it(`are refused at once where they have no type: ${JSON.stringify(offered)}`, () => {
      assert.throws(() => registerBackends([], [offered], 'squizzle-shelf'), {
        code: 'PLUGIN_FAILED',
        message: /^a storage backend of squizzle-shelf does not fit: it(s type)? is not /,
      })
    })
  }

  const misfits: [unknown, RegExp][] = [
    [{...shelf, apiVersion: 2}, /shelf is made for version 2 of the storage interface, this is 1/],
    [{...shelf, apiVersion: undefined}, /version undefined/],
    [{...shelf, open: undefined}, /no fitting open/],
    [{...shelf, configSchema: {}}, /no fitting configSchema/],
    [{...shelf, configSchema: v.objectAsync({})}, /no fitting configSchema/],
    [{...shelf, fromUrl: 'shelf:'}, /no fitting fromUrl/],
    [{...shelf, urlForm: 1}, /no fitting urlForm/],
    [{...shelf, secrets: [1]}, /no fitting secrets/],
  ]
  for (const [offered, message] of misfits) {
    it(`are refused when they are used, where they do not fit: ${message.source}`, async () => {
      const backends = registerBackends(builtInBackends(), [offered], 'squizzle-shelf')
      await assertRefused(backends, 'shelf', message)
      await assertRefused(backends, 'shelf', /^a storage backend of squizzle-shelf does not fit: /)
      assert.equal(findBackend(backends, 'local').type, 'local')
    })
  }

  it('are refused when they are used, where several have one type, all of them named', async () => {
    const known = registerBackends(builtInBackends(), [{...shelf, type: 'local'}], 'squizzle-shelf')
    await assertRefused(
      known,
      'local',
      /^the .* local is claimed by squizzle and by squizzle-shelf$/,
    )
    const more = registerBackends(known, [{...shelf, type: 'local'}], 'squizzle-board')
    await assertRefused(more, 'local', /by squizzle and by squizzle-shelf and by squizzle-board$/)
    const {backend} = backendForUrl(more, 'file:x')
    await assert.rejects(backend.open({}, context), {code: 'PLUGIN_FAILED'})
    assert.equal(findBackend(more, 's3').type, 's3')
  })
})

async function assertRefused(
  backends: readonly RegisteredBackend[],
  type: string,
  message: RegExp,
): Promise<void> {
  const {configSchema, open} = findBackend(backends, type)
  const refused = {code: 'PLUGIN_FAILED', message}
  await assert.rejects(open(v.parse(configSchema, {board: 3}), context), refused)
  const told = backends.find(({backend}) => backend.type === type)?.refused
  assert.match(told?.message ?? '', message)
}
