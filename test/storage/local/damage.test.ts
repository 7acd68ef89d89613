import assert from 'node:assert/strict'
import {mkdir, readFile, rm, symlink, truncate, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Digest} from '../../../src/artifact/digest.ts'
import {assertHolds, create, listTags} from '../../../src/storage/contract/scene.ts'
import {treeOf} from '../folder-facts.ts'
import {withLocal} from './scene.ts'

function pathIn(folder: string, digest: Digest): string {
  return join(folder, 'blobs', 'sha256', digest.replace('sha256:', ''))
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  await rm(path)
  await writeFile(path, bytes.fill(bytes.at(at)! ^ 1, at, at + 1))
}

describe('a local storage with', () => {
  const indexes = {
    'no JSON in index.json': ['{"schemaVersion":2,"manif', /index\.json is damaged: not JSON$/],
    'nothing in index.json': ['', /index\.json is damaged: not JSON$/],
    'a list as index.json': ['[]', /not an OCI image index/],
    'no manifests in index.json': ['{"schemaVersion":2}', /not an OCI image index: manifests/],
    'an older index.json': ['{"schemaVersion":1,"manifests":[]}', /schemaVersion/],
    'an entry without digest': ['{"schemaVersion":2,"manifests":[{}]}', /manifests\.0\.digest/],
  } as const
  for (const [what, [text, message]] of Object.entries(indexes)) {
    it(`${what} is neither used nor written to`, () =>
      withLocal(async ({folder, storage, artifact, cache}) => {
        const path = join(folder, 'index.json')
        await writeFile(path, text)
        const before = await treeOf(folder)
        const refused = {code: 'INTEGRITY', message}
        await assert.rejects(storage.resolve('1.0.0'), refused)
        await assert.rejects(listTags(storage), refused)
        await assert.rejects(storage.push(artifact.manifest, cache, [create('2.0.0')]), refused)
        await assert.rejects(storage.tag(artifact.manifest, create('2.0.0')), refused)
        await assert.rejects(storage.remove('1.0.0'), refused)
        assert.equal((await storage.check())[1]?.status, 'failed')
        assert.equal(await readFile(path, 'utf8'), text)
        assert.deepEqual(await treeOf(folder), before)
      }))
  }

  it('a layer with one other byte is found by the check', () =>
    withLocal(async ({folder, storage, artifact}) => {
      const hex = artifact.layers[0]!.digest.slice('sha256:'.length)
      const path = join(folder, 'blobs/sha256', hex)
      const bytes = await readFile(path)
      bytes[bytes.length - 5]! ^= 1
      await writeFile(path, bytes)
      const [, artifacts] = await storage.check()
      assert.equal(artifacts?.status, 'failed')
      assert.match(artifacts.message, new RegExp(hex))
    }))

  it('a layout of another version is refused', () =>
    withLocal(async ({folder, storage}) => {
      const path = join(folder, 'oci-layout')
      for (const text of ['{"imageLayoutVersion":"2.0.0"}', '{}', 'x']) {
        await writeFile(path, text)
        await assert.rejects(storage.resolve('1.0.0'), {code: 'INTEGRITY', message: /oci-layout/})
      }
    }))

  it('no index.json beside its blobs is never taken for empty', () =>
    withLocal(async ({folder, storage, artifact, cache}) => {
      await rm(join(folder, 'index.json'))
      const refused = {code: 'INTEGRITY', message: /index\.json is missing/}
      await assert.rejects(listTags(storage), refused)
      await assert.rejects(storage.push(artifact.manifest, cache, [create('1.0.0')]), refused)
    }))

  it('neither index.json nor blobs takes the next push: its maker was killed', () =>
    withLocal(async ({folder, storage, artifact, cache}) => {
      await rm(join(folder, 'index.json'))
      await rm(join(folder, 'blobs'), {recursive: true})
      assert.deepEqual(await listTags(storage), [])
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      assert.deepEqual(await listTags(storage), ['1.0.0'])
    }))

  const damages: Record<string, (path: string) => Promise<void>> = {
    'a flipped bit at the start of': (path) => flip(path, 0),
    'a flipped bit in the middle of': (path) => flip(path, 100),
    'a truncated': (path) => truncate(path, 50),
    'an empty': (path) => truncate(path, 0),
    'a missing': (path) => rm(path),
    async 'a folder in place of'(path) {
      await rm(path)
      await mkdir(path)
    },
    async 'a link in place of'(path) {
      const copy = `${path}-copy`
      await writeFile(copy, await readFile(path))
      await rm(path)
      await symlink(copy, path)
    },
  }
  for (const [how, damage] of Object.entries(damages)) {
    it(`${how} layer says which file, hands nothing out, and is mended by a push`, () =>
      withLocal(async ({folder, storage, artifact, cache, newCache}) => {
        const there = newCache('there')
        const [layer] = artifact.layers
        const path = pathIn(folder, layer!.digest)
        await damage(path)
        await assert.rejects(storage.pull(artifact.manifest, there), (error: Error) => {
          assert.ok('code' in error && error.code === 'INTEGRITY')
          assert.ok(error.message.startsWith(`${path} is not the blob ${layer!.digest}`))
          return true
        })
        assert.equal(await there.has(layer!), false)
        assert.equal(await there.has(artifact.manifest), false)
        const {blobs} = await storage.push(artifact.manifest, cache, [create('1.0.0')])
        assert.deepEqual(blobs, [layer!.digest])
        await storage.pull(artifact.manifest, there)
        await assertHolds(there, artifact)
      }))
  }

  it('a damaged manifest says which file, and is mended by a push', () =>
    withLocal(async ({folder, storage, artifact, cache, newCache}) => {
      const {manifest} = artifact
      const path = pathIn(folder, manifest.digest)
      await flip(path, 20)
      const refused = {code: 'INTEGRITY', message: new RegExp(path)}
      await assert.rejects(storage.pull(manifest, newCache('there')), refused)
      await assert.rejects(storage.resolve(manifest.digest), refused)
      assert.deepEqual((await storage.push(manifest, cache, [])).blobs, [manifest.digest])
      assert.equal((await storage.resolve(manifest.digest))?.digest, manifest.digest)
    }))

  it('a damaged layer that the cache has need not be fetched', () =>
    withLocal(async ({folder, storage, artifact, cache}) => {
      await flip(pathIn(folder, artifact.layers[0]!.digest), 0)
      assert.deepEqual(await storage.pull(artifact.manifest, cache), {blobs: [], bytes: 0})
    }))
})
