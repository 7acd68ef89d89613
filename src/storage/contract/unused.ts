import assert from 'node:assert/strict'
import type {Cache} from '../cache.ts'
import type {Storage, UnusedBlobs, UnusedOptions} from '../storage.ts'
import {fillCache, sampleArtifact} from './artifact.ts'
import {assertHolds, create, move, type Scene} from './scene.ts'

/** For storages that remove blobs which nothing refers to. What is there, a push tells: it uploads what is not. */
export const unusedTests: Record<string, (scene: Scene) => Promise<void>> = {
  async 'takes what no tag needs, and nothing else'({storage, newCache}) {
    const cache = newCache()
    const {old, next, left} = await abandon(storage, cache)
    assert.deepEqual((await removeUnused(storage, {cache: newCache()})).blobs, [])
    await storage.remove('1.1.0')
    const {blobs} = await removeUnused(storage, {cache: newCache()})
    assert.deepEqual(blobs.toSorted(), left)
    assert.equal(await storage.resolve(old.manifest.digest), undefined)
    const there = newCache()
    await storage.pull(next.manifest, there)
    await assertHolds(there, next)
    const again = await storage.push(old.manifest, cache, [create('1.1.0')])
    assert.deepEqual(again.blobs.toSorted(), left)
  },

  async 'says in a dry run what would go, as if the tags were gone'({storage, newCache}) {
    const cache = newCache()
    const {old, left} = await abandon(storage, cache)
    const options = {dryRun: true, withoutTags: ['1.1.0'], cache: newCache()}
    const {blobs, bytes} = await removeUnused(storage, options)
    assert.deepEqual(blobs.toSorted(), left)
    assert.ok(bytes > 0)
    assert.deepEqual((await storage.push(old.manifest, cache, [])).blobs, [])
  },

  async 'spares what is young'({storage, newCache}) {
    const cache = newCache()
    const {old} = await abandon(storage, cache)
    await storage.remove('1.1.0')
    const {blobs} = await removeUnused(storage, {olderThan: 86_400_000, cache: newCache()})
    assert.deepEqual(blobs, [])
    assert.deepEqual((await storage.push(old.manifest, cache, [])).blobs, [])
  },
}

async function removeUnused(
  storage: Storage,
  options: Partial<UnusedOptions> & {readonly cache: Cache},
): Promise<UnusedBlobs> {
  const all = {olderThan: 0, dryRun: false, withoutTags: [], ...options}
  return storage.removeUnused?.(all) ?? assert.fail('the storage has no removeUnused')
}

/** Two artifacts on one layer. @returns with what only the older one needs, by digest */
async function abandon(storage: Storage, cache: Cache) {
  const base = sampleArtifact()
  const old = sampleArtifact({version: '1.1.0', on: base})
  const next = sampleArtifact({version: '1.2.0', on: base})
  await fillCache(cache, base, old, next)
  await storage.push(old.manifest, cache, [create('1.1.0')])
  await storage.push(next.manifest, cache, [create('1.2.0'), move('latest')])
  const left = [old.manifest, old.config, old.layers[1]!].map(({digest}) => digest).toSorted()
  return {old, next, left}
}
