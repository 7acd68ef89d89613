import assert from 'node:assert/strict'
import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../../src/files/temp.ts'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {assertHolds, create, listTags} from '../../../src/storage/contract/scene.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {runProcess} from '../../support/process.ts'
import {falseBlobs} from '../folder-facts.ts'
import {withLocal} from './scene.ts'

const pulling = new URL('../processes/pull.ts', import.meta.url)
const pushing = new URL('../processes/push.ts', import.meta.url)
const dieAt = new URL('../../support/die-at.ts', import.meta.url)

describe('processes at one local storage', () => {
  it('fill one cache, ten at a time', () =>
    withLocal(async ({root, folder, storage, artifact, cache, newCache}) => {
      const second = sampleArtifact({version: '1.1.0', on: artifact, size: 300_000})
      await fillCache(cache, second)
      await storage.push(second.manifest, cache, [create('1.1.0')])
      const workspace = join(root, 'shared')
      const ends = await Promise.all(
        Array.from({length: 10}, (_, one) =>
          runProcess(pulling, [folder, one % 3 === 0 ? '1.0.0' : '1.1.0', workspace]),
        ),
      )
      for (const {code, stderr} of ends) assert.equal(code, 0, stderr)
      await assertHolds(newCache('shared'), second)
      await assertHolds(newCache('shared'), artifact)
      const names = await readdir(join(workspace, 'cache', 'blobs', 'sha256'))
      assert.equal(names.length, second.blobs.size, names.join(' '))
    }))

  it('let one of two pushers of a version win', () =>
    withTempDir(async (root) => {
      const folder = join(root, 'artifacts')
      const rivals = await Promise.all(
        Array.from({length: 2}, async (_, one) => {
          const [workspace, artifact] = [join(root, String(one)), sampleArtifact()]
          await fillCache(openCache(workspace), artifact)
          const {digest, size} = artifact.manifest
          return {artifact, args: [folder, digest, String(size), workspace, '1.0.0']}
        }),
      )
      const ends = await Promise.all(rivals.map(({args}) => runProcess(pushing, args)))
      const said = ends.map(({stdout, stderr}) => stdout + stderr)
      assert.deepEqual(said.toSorted(), ['VERSION_EXISTS', 'pushed'])
      const {artifact} = rivals[said.indexOf('pushed')]!
      const storage = await openLocalStorage(folder, '/')
      assert.equal((await storage.resolve('1.0.0'))?.digest, artifact.manifest.digest)
      const there = openCache(join(root, 'there'))
      await storage.pull(artifact.manifest, there)
      await assertHolds(there, artifact)
    })).timeout(180_000)

  it('keep each its own version, twenty at a time', () =>
    withTempDir(async (root) => {
      const folder = join(root, 'artifacts')
      const versions = Array.from({length: 20}, (_, minor) => `1.${minor}.0`)
      const ends = await Promise.all(
        versions.map(async (version) => {
          const [workspace, artifact] = [join(root, version), sampleArtifact({version})]
          await fillCache(openCache(workspace), artifact)
          const {digest, size} = artifact.manifest
          return runProcess(pushing, [folder, digest, String(size), workspace, version])
        }),
      )
      assert.deepEqual(new Set(ends.map(({stdout}) => stdout)), new Set(['pushed']))
      assert.deepEqual(await listTags(await openLocalStorage(folder, '/')), versions.toSorted())
    })).timeout(180_000)
})

describe('a process that is killed anywhere', () => {
  it('in a pull leaves no false blob, and the next pull finishes', () =>
    withLocal(async ({root, folder, artifact, newCache}) => {
      const cache = newCache('shared')
      let deaths = 0
      for (;;) {
        const env = {DIE_AT: String(++deaths)}
        const args = [folder, '1.0.0', join(root, 'shared')]
        const {code, signal, stderr} = await runProcess(pulling, args, {preload: [dieAt], env})
        assert.deepEqual(await falseBlobs(cache.folder), [], `after step ${deaths}`)
        // who finds the manifest finds all that it names
        if (await cache.has(artifact.manifest)) await assertHolds(cache, artifact)
        if (code === 0) break
        assert.equal(signal, 'SIGKILL', stderr)
        await rm(cache.folder, {recursive: true, force: true})
      }
      await assertHolds(cache, artifact)
      assert.ok(deaths > 15, `only ${deaths} steps`)
    })).timeout(180_000)

  it('in a push leaves no tag of half an artifact, and the next push finishes', () =>
    withTempDir(async (root) => {
      const [workspace, artifact] = [join(root, 'workspace'), sampleArtifact()]
      await fillCache(openCache(workspace), artifact)
      const {digest, size} = artifact.manifest
      const there = openCache(join(root, 'there'))
      let deaths = 0
      for (;;) {
        const folder = join(root, String(++deaths))
        const storage = await openLocalStorage(folder, '/')
        const args = [folder, digest, String(size), workspace, '1.0.0']
        const env = {DIE_AT: String(deaths)}
        const {code, signal, stderr} = await runProcess(pushing, args, {preload: [dieAt], env})
        assert.deepEqual(await falseBlobs(folder), [], `after step ${deaths}`)
        const tag = await storage.resolve('1.0.0')
        if (tag !== undefined) {
          await rm(there.folder, {recursive: true, force: true})
          await storage.pull(tag, there)
          await assertHolds(there, artifact)
        }
        await storage.push(artifact.manifest, openCache(workspace), [create('1.0.0')])
        assert.equal((await storage.resolve('1.0.0'))?.digest, digest)
        if (code === 0) break
        assert.equal(signal, 'SIGKILL', stderr)
      }
      assert.ok(deaths > 30, `only ${deaths} steps`)
    })).timeout(180_000)
})
