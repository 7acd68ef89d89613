import assert from 'node:assert/strict'
import {utimes} from 'node:fs/promises'
import {join} from 'node:path'
import type {Version} from '../../../src/artifact/version.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import type {Cache} from '../../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../../src/storage/contract/artifact.ts'
import {assertHolds} from '../../../src/storage/contract/scene.ts'
import {recordBuild} from '../../../src/storage/workspace/builds.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {pruneCache} from '../../../src/storage/workspace/prune.ts'
import {blobsIn} from '../../support/project.ts'

const day = 86_400_000

/** Three releases of one line, as after three pulls, and a version of another one. */
async function line(cache: Cache) {
  const first = sampleArtifact()
  const second = sampleArtifact({version: '1.1.0', on: first})
  const third = sampleArtifact({version: '1.2.0', on: second})
  const hotfix = sampleArtifact({version: '1.0.1', on: first})
  await fillCache(cache, first, second, third, hotfix)
  return {first, second, third, hotfix}
}

async function age(cache: Cache, days: number, ...artifacts: SampleArtifact[]): Promise<void> {
  const then = new Date(Date.now() - days * day)
  for (const {blobs} of artifacts) {
    for (const digest of blobs.keys()) await utimes(cache.pathOf(digest as never), then, then)
  }
}

describe('pruning a cache', () => {
  it('keeps the newest versions, and every layer that they stand on', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const {first, second, third, hotfix} = await line(cache)
      const pruned = await pruneCache(folder, cache, {keep: 2})
      assert.deepEqual(pruned.removed, ['1.0.1', '1.0.0'])
      assert.deepEqual(pruned.kept, ['1.2.0', '1.1.0'])
      await assertHolds(cache, third)
      await assertHolds(cache, second)
      const gone = [first.manifest, first.config, hotfix.manifest, hotfix.config, hotfix.layers[1]!]
      for (const {digest} of gone) assert.equal(await cache.read(digest), undefined)
      assert.equal(pruned.blobs, gone.length)
    }))

  it('keeps what came less long ago', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const {first, second, third, hotfix} = await line(cache)
      await age(cache, 40, first, hotfix)
      // the newer ones were pulled yesterday, and share a layer with the old ones
      await age(cache, 1, third, second)
      await age(cache, 40, {...first, blobs: new Map([[first.manifest.digest, Buffer.of()]])})
      const pruned = await pruneCache(folder, cache, {olderThan: 30 * day})
      assert.deepEqual(pruned.removed, ['1.0.1', '1.0.0'])
      await assertHolds(cache, third)
      await assertHolds(cache, second)
    }))

  it('removes with both limits only what neither keeps', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const {first, second, third, hotfix} = await line(cache)
      await age(cache, 40, first, second, third, hotfix)
      await age(cache, 0, {...hotfix, blobs: new Map([[hotfix.manifest.digest, Buffer.of()]])})
      const pruned = await pruneCache(folder, cache, {keep: 1, olderThan: 30 * day})
      assert.deepEqual(pruned.kept, ['1.2.0', '1.0.1'])
      assert.deepEqual(pruned.removed, ['1.1.0', '1.0.0'])
    }))

  it('never removes a build that was pushed nowhere', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const {first, third} = await line(cache)
      await recordBuild(folder, cache, {
        version: '1.0.0' as Version,
        manifest: first.manifest,
        origin: 'build',
        pushedTo: [],
      })
      const pruned = await pruneCache(folder, cache, {keep: 0})
      assert.deepEqual(pruned.kept, ['1.0.0'])
      await assertHolds(cache, first)
      assert.equal(await cache.read(third.manifest.digest), undefined)
    }))

  it('spares what a pull has brought before its manifest, and takes what one left long ago', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const [now, longAgo] = [sampleArtifact(), sampleArtifact()]
      for (const artifact of [now, longAgo]) {
        await cache.write(artifact.blobs.get(artifact.layers[0]!.digest)!)
      }
      await age(cache, 1, {...longAgo, blobs: new Map([[longAgo.layers[0]!.digest, Buffer.of()]])})
      await pruneCache(folder, cache, {keep: 1})
      assert.deepEqual(await blobsIn(join(folder, 'cache')), [now.layers[0]!.digest.slice(7)])
    }))
})
