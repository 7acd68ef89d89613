import assert from 'node:assert/strict'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {sha256} from '../../../src/artifact/digest.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {lastSeen, recordSeen, seenAnywhere} from '../../../src/storage/workspace/seen.ts'
import {changeState, readState} from '../../../src/storage/workspace/state.ts'
import {runProcess} from '../../support/process.ts'

const remembering = new URL('../processes/remember.ts', import.meta.url)
const dieAt = new URL('../../support/die-at.ts', import.meta.url)
const [first, second] = [sha256('first'), sha256('second')]
const url = 'oci://ghcr.io/myorg/migrations'

describe('what a workspace has seen', () => {
  it('is by storage and tag, the latest word', () =>
    withTempDir(async (folder) => {
      await recordSeen(folder, url, {'1.0.0': first, latest: first})
      await recordSeen(folder, url, {latest: second})
      await recordSeen(folder, 'file:/srv/artifacts', {'1.0.0': second})
      const state = await readState(folder)
      assert.equal(lastSeen(state, url, '1.0.0'), first)
      assert.equal(lastSeen(state, url, 'latest'), second)
      assert.equal(lastSeen(state, url, '2.0.0'), undefined)
      assert.equal(lastSeen(state, 'oci://elsewhere', 'latest'), undefined)
      assert.deepEqual(seenAnywhere(state, '1.0.0'), [
        {url, digest: first},
        {url: 'file:/srv/artifacts', digest: second},
      ])
    }))

  it('is forgotten when a tag is gone', () =>
    withTempDir(async (folder) => {
      await recordSeen(folder, url, {'1.0.0': first, latest: first})
      await recordSeen(folder, url, {latest: undefined})
      const state = await readState(folder)
      assert.equal(lastSeen(state, url, 'latest'), undefined)
      assert.equal(lastSeen(state, url, '1.0.0'), first)
    }))

  it('knows no tag for being called like a part of the language', () =>
    withTempDir(async (folder) => {
      await recordSeen(folder, url, {latest: first})
      for (const tag of ['constructor', 'toString', '__proto__']) {
        assert.equal(lastSeen(await readState(folder), url, tag), undefined)
      }
    }))

  it('is not written again while nothing changes', () =>
    withTempDir(async (folder) => {
      await recordSeen(folder, url, {latest: undefined})
      assert.deepEqual(await readdir(folder), [])
      await recordSeen(folder, url, {latest: first})
      const path = join(folder, 'config.json')
      await writeFile(path, `${await readFile(path, 'utf8')}   `)
      await recordSeen(folder, url, {latest: first})
      assert.match(await readFile(path, 'utf8'), / {3}$/)
    }))

  it('is kept from every one of many processes', () =>
    withTempDir(async (folder) => {
      const names = Array.from({length: 6}, (_, one) => `process-${one}`)
      const ends = await Promise.all(
        names.map((name) => runProcess(remembering, [folder, url, name, '5'])),
      )
      for (const {code, stderr} of ends) assert.equal(code, 0, stderr)
      const tags = (await readState(folder)).storages[url]?.tags
      assert.equal(Object.keys(tags ?? {}).length, 30)
      assert.deepEqual(await readdir(folder), ['config.json'])
    }))

  it('is whole, whenever the process that writes it is killed', () =>
    withTempDir(async (folder) => {
      await recordSeen(folder, url, {before: first})
      for (let step = 1; ; step++) {
        const env = {DIE_AT: String(step)}
        const args = [folder, url, `step-${step}`, '1']
        const {code, signal, stderr} = await runProcess(remembering, args, {preload: [dieAt], env})
        const state = await readState(folder)
        assert.equal(lastSeen(state, url, 'before'), first)
        if (code === 0) {
          assert.ok(step > 8, `only ${step} steps`)
          break
        }
        assert.equal(signal, 'SIGKILL', stderr)
      }
    }))
})

describe('the state of a workspace', () => {
  it('keeps what a newer squizzle added', () =>
    withTempDir(async (folder) => {
      const path = join(folder, 'config.json')
      const build = {
        version: '1.0.0',
        manifest: {mediaType: 'application/json', digest: first, size: 1},
        origin: 'build',
        pushedTo: [],
        signedBy: 'somebody',
      }
      const storages = {[url]: {tags: {latest: first}, checked: '2030-01-01'}}
      const newer = {schemaVersion: 1, storages, builds: [build], telemetry: {sent: false}}
      await writeFile(path, JSON.stringify(newer))
      await recordSeen(folder, url, {latest: second})
      await changeState(folder, (state) => ({...state, builds: [...state.builds]}))
      assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), {
        ...newer,
        storages: {[url]: {tags: {latest: second}, checked: '2030-01-01'}},
      })
    }))

  const damages = {
    'not JSON': '{"schemaVersion":1,',
    empty: '',
    'no object': '[]',
    'without a schema version': '{}',
    'with a digest that is none': `{"schemaVersion":1,"storages":{"a":{"tags":{"b":"sha1:1"}}}}`,
    'with a build that has no manifest': '{"schemaVersion":1,"builds":[{"version":"1.0.0"}]}',
  }
  for (const [what, text] of Object.entries(damages)) {
    it(`is neither used nor replaced when it is ${what}`, () =>
      withTempDir(async (folder) => {
        const path = join(folder, 'config.json')
        await writeFile(path, text)
        const refused = {code: 'INTEGRITY', hint: /repair .*config\.json.*cache clear --force/}
        await assert.rejects(readState(folder), refused)
        await assert.rejects(recordSeen(folder, url, {latest: first}), refused)
        assert.equal(await readFile(path, 'utf8'), text)
      }))
  }

  it('is refused when a newer squizzle wrote it in another form', () =>
    withTempDir(async (folder) => {
      await writeFile(join(folder, 'config.json'), '{"schemaVersion":2,"builds":{}}')
      await assert.rejects(readState(folder), {code: 'UNSUPPORTED_FORMAT'})
    }))

  it('says so when it cannot be read as a file', () =>
    withTempDir(async (folder) => {
      await mkdir(join(folder, 'config.json'))
      await assert.rejects(readState(folder), {code: 'EISDIR'})
    }))
})
