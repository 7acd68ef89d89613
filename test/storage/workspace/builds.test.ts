import assert from 'node:assert/strict'
import {withTempDir} from '../../../src/files/temp.ts'
import type {Version} from '../../../src/artifact/version.ts'
import type {Cache, LocalBuild} from '../../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../../src/storage/contract/artifact.ts'
import {
  dropBuilds,
  localBuilds,
  markPushed,
  recordBuild,
  unpushed,
} from '../../../src/storage/workspace/builds.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'

const [here, there] = ['file:/srv/here', 'oci://there/repository']

function buildOf(version: string, {manifest}: SampleArtifact): LocalBuild {
  return {version: version as Version, manifest, origin: 'build', pushedTo: []}
}

function withCache(work: (folder: string, cache: Cache) => Promise<void>): Promise<void> {
  return withTempDir((folder) => work(folder, openCache(folder)))
}

describe('the builds of a workspace', () => {
  it('are unpushed until a storage has them, for each storage apart', () =>
    withCache(async (folder, cache) => {
      const artifact = sampleArtifact()
      await fillCache(cache, artifact)
      await recordBuild(folder, cache, buildOf('1.0.0', artifact))
      assert.equal(unpushed(await localBuilds(folder)).length, 1)
      await markPushed(folder, artifact.manifest.digest, here)
      await markPushed(folder, artifact.manifest.digest, here)
      const builds = await localBuilds(folder)
      assert.deepEqual(builds[0]?.pushedTo, [here])
      assert.deepEqual(unpushed(builds), [])
      assert.deepEqual(unpushed(builds, here), [])
      assert.deepEqual(unpushed(builds, there), builds)
    }))

  it('are replaced by other content of their version, and the replaced one is named', () =>
    withCache(async (folder, cache) => {
      const [first, second, other] = [sampleArtifact(), sampleArtifact(), sampleArtifact()]
      await fillCache(cache, first, second, other)
      await recordBuild(folder, cache, buildOf('1.0.0', other))
      assert.deepEqual(await recordBuild(folder, cache, buildOf('1.1.0+a', first)), [])
      const replaced = await recordBuild(folder, cache, buildOf('1.1.0+b', second))
      assert.deepEqual(replaced, [buildOf('1.1.0+a', first)])
      assert.deepEqual(
        (await localBuilds(folder)).map(({version}) => version),
        ['1.0.0', '1.1.0+b'],
      )
    }))

  it('stay pushed when they are built again to the same bytes', () =>
    withCache(async (folder, cache) => {
      const artifact = sampleArtifact()
      await fillCache(cache, artifact)
      await recordBuild(folder, cache, buildOf('1.0.0', artifact))
      await markPushed(folder, artifact.manifest.digest, here)
      assert.deepEqual(await recordBuild(folder, cache, buildOf('1.0.0', artifact)), [])
      assert.deepEqual((await localBuilds(folder))[0]?.pushedTo, [here])
    }))

  it('are not changed by a push of what was not built here', () =>
    withCache(async (folder, cache) => {
      const [first, second] = [sampleArtifact(), sampleArtifact()]
      await fillCache(cache, first, second)
      await recordBuild(folder, cache, buildOf('1.0.0', first))
      await markPushed(folder, second.manifest.digest, here)
      assert.deepEqual(await localBuilds(folder), [buildOf('1.0.0', first)])
    }))

  it('are dropped by version', () =>
    withCache(async (folder, cache) => {
      const [first, second] = [sampleArtifact(), sampleArtifact()]
      await fillCache(cache, first, second)
      await recordBuild(folder, cache, buildOf('1.0.0', first))
      await recordBuild(folder, cache, buildOf('1.1.0', second))
      const versions = ['1.1.0', '2.0.0'] as Version[]
      assert.deepEqual(await dropBuilds(folder, versions), [buildOf('1.1.0', second)])
      assert.deepEqual(await dropBuilds(folder, versions), [])
      assert.deepEqual(await localBuilds(folder), [buildOf('1.0.0', first)])
    }))

  it('are not remembered when their blobs were cleared away meanwhile', () =>
    withCache(async (folder, cache) => {
      const artifact = sampleArtifact()
      for (const lost of [artifact.manifest, artifact.layers[0]!]) {
        await fillCache(cache, artifact)
        await cache.remove(lost.digest)
        const record = recordBuild(folder, cache, buildOf('1.0.0', artifact), artifact.layers)
        await assert.rejects(record, {code: 'INTEGRITY', message: /cleared while 1\.0\.0/})
      }
      assert.deepEqual(await localBuilds(folder), [])
    }))
})
