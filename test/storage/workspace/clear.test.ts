import assert from 'node:assert/strict'
import {readdir, readFile, stat, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Version} from '../../../src/artifact/version.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import type {LocalBuild} from '../../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../../src/storage/contract/artifact.ts'
import {assertHolds} from '../../../src/storage/contract/scene.ts'
import {localBuilds, markPushed, recordBuild} from '../../../src/storage/workspace/builds.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {clearCache} from '../../../src/storage/workspace/clear.ts'
import {linkArtifact} from '../../../src/storage/workspace/links.ts'
import {lastSeen, recordSeen} from '../../../src/storage/workspace/seen.ts'
import {cacheSize} from '../../../src/storage/workspace/size.ts'
import {readState} from '../../../src/storage/workspace/state.ts'

function buildOf(version: string, {manifest}: SampleArtifact): LocalBuild {
  return {version: version as Version, manifest, origin: 'build', pushedTo: []}
}

function sizeOf(...artifacts: SampleArtifact[]): number {
  const blobs = new Map(artifacts.flatMap((one) => [...one.blobs]))
  return [...blobs.values()].reduce((sum, {length}) => sum + length, 0)
}

async function link(cache: ReturnType<typeof openCache>, name: string, artifact: SampleArtifact) {
  const version = name as Version
  const [layer] = artifact.layers
  const layers = [{version, digest: layer!.digest}]
  await linkArtifact(cache, {version, manifest: artifact.manifest.digest, layers})
}

/** One version pulled, one pushed, one unpushed that stands on a layer of the pulled one. */
async function workspace(folder: string) {
  const cache = openCache(folder)
  const pulled = sampleArtifact()
  const pushed = sampleArtifact({version: '1.1.0'})
  const waiting = sampleArtifact({version: '1.2.0', on: pulled})
  await fillCache(cache, pulled, pushed, waiting)
  await recordBuild(folder, cache, buildOf('1.1.0', pushed))
  await markPushed(folder, pushed.manifest.digest, 'file:/srv')
  await recordBuild(folder, cache, buildOf('1.2.0', waiting))
  await recordSeen(folder, 'file:/srv', {'1.0.0': pulled.manifest.digest})
  return {cache, pulled, pushed, waiting}
}

describe('the size of a cache', () => {
  it('counts a blob and its names for people once', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      assert.deepEqual(await cacheSize(cache), {blobs: 0, bytes: 0})
      const artifact = sampleArtifact()
      await fillCache(cache, artifact)
      await link(cache, '1.0.0', artifact)
      assert.deepEqual(await cacheSize(cache), {blobs: 3, bytes: sizeOf(artifact)})
      // a copy takes room of its own
      await writeFile(join(cache.folder, 'artifacts', '0.9.0.tar.gz'), 'four')
      assert.equal((await cacheSize(cache)).bytes, sizeOf(artifact) + 4)
    }))
})

describe('clearing the cache', () => {
  it('keeps what was pushed nowhere, whole, and says so', () =>
    withTempDir(async (folder) => {
      const {cache, pulled, pushed, waiting} = await workspace(folder)
      await link(cache, '1.0.0', pulled)
      await link(cache, '1.1.0', pushed)
      const cleared = await clearCache(folder, cache)
      assert.deepEqual(cleared.kept, [buildOf('1.2.0', waiting)])
      assert.equal(cleared.blobs, 5)
      assert.equal(cleared.bytes, sizeOf(pulled, pushed) - pulled.layers[0]!.size)
      await assertHolds(cache, waiting)
      assert.equal((await cacheSize(cache)).blobs, 4)
      assert.deepEqual(await readdir(join(cache.folder, 'artifacts')), ['1.0.0.tar.gz'])
      assert.deepEqual(await readdir(join(cache.folder, 'manifests')), [])
    }))

  it('keeps what is known of storages and pushed builds', () =>
    withTempDir(async (folder) => {
      const {cache, pulled} = await workspace(folder)
      await clearCache(folder, cache, {force: true})
      const state = await readState(folder)
      assert.equal(lastSeen(state, 'file:/srv', '1.0.0'), pulled.manifest.digest)
      assert.deepEqual(
        state.builds.map(({version}) => version),
        ['1.1.0'],
      )
    }))

  it('keeps nothing when forced', () =>
    withTempDir(async (folder) => {
      const {cache, pulled, pushed, waiting} = await workspace(folder)
      await link(cache, '1.2.0', waiting)
      const bytes = sizeOf(pulled, pushed, waiting)
      const cleared = await clearCache(folder, cache, {force: true})
      assert.deepEqual(cleared, {blobs: 9, bytes, kept: []})
      assert.deepEqual(await cacheSize(cache), {blobs: 0, bytes: 0})
      assert.equal((await localBuilds(folder)).length, 1)
    }))

  it('leaves what another process is writing, and takes what a dead one left', () =>
    withTempDir(async (folder) => {
      const {cache, pushed} = await workspace(folder)
      const blobs = join(cache.pathOf(pushed.manifest.digest), '..')
      const [young, old] = [join(blobs, '.tmp-young'), join(blobs, '.tmp-old')]
      await writeFile(young, '')
      await writeFile(old, '')
      await utimes(old, 0, 0)
      await clearCache(folder, cache, {force: true})
      await stat(young)
      await assert.rejects(stat(old), {code: 'ENOENT'})
    }))

  it('gives up a damaged state only when forced, and sets it aside', () =>
    withTempDir(async (folder) => {
      const {cache, waiting} = await workspace(folder)
      const path = join(folder, 'config.json')
      await writeFile(path, '{"damaged')
      await assert.rejects(clearCache(folder, cache), {code: 'INTEGRITY'})
      await assertHolds(cache, waiting)
      assert.equal((await clearCache(folder, cache, {force: true})).blobs, 9)
      assert.deepEqual(await localBuilds(folder), [])
      assert.equal(await readFile(`${path}.damaged`, 'utf8'), '{"damaged')
    }))

  it('is nothing where there is no cache yet', () =>
    withTempDir(async (folder) => {
      assert.deepEqual(await clearCache(folder, openCache(folder)), {blobs: 0, bytes: 0, kept: []})
    }))
})
