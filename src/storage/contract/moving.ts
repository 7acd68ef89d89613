import assert from 'node:assert/strict'
import {rm, writeFile} from 'node:fs/promises'
import type {Descriptor} from '../../artifact/descriptor.ts'
import type {BlobProgress, Transfer} from '../storage.ts'
import {contentOf, fillCache, sampleArtifact, type SampleArtifact} from './artifact.ts'
import {assertFails, assertHolds, create, move, type Scene} from './scene.ts'

/** Blobs: what moves, what does not, and that it arrives whole. */
export const movingTests: Record<string, (scene: Scene) => Promise<void>> = {
  async 'returns byte for byte what was pushed'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const first = sampleArtifact()
    const second = sampleArtifact({version: '1.1.0', on: first, size: 5_000_000})
    await fillCache(here, second)
    await storage.push(second.manifest, here, [create('1.1.0')])
    await storage.pull(second.manifest, there)
    await assertHolds(there, second)
  },

  async 'moves only the blobs that the storage lacks'({storage, newCache}) {
    const cache = newCache()
    const first = sampleArtifact()
    const second = sampleArtifact({version: '1.1.0', on: first})
    await fillCache(cache, first, second)
    const one = await storage.push(first.manifest, cache, [create('1.0.0')])
    assertMoved(one, first, contentOf(first))
    const two = await storage.push(second.manifest, cache, [create('1.1.0')])
    assertMoved(two, second, [second.config, ...second.layers.slice(1)])
    const again = await storage.push(second.manifest, cache, [create('1.1.0'), move('latest')])
    assertMoved(again, second, [])
  },

  async 'moves only the blobs that the cache lacks'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const first = sampleArtifact()
    const second = sampleArtifact({version: '1.1.0', on: first})
    await fillCache(here, first, second)
    await storage.push(first.manifest, here, [create('1.0.0')])
    await storage.push(second.manifest, here, [create('1.1.0')])
    assertMoved(await storage.pull(first.manifest, there), first, contentOf(first))
    const two = await storage.pull(second.manifest, there)
    assertMoved(two, second, [second.config, ...second.layers.slice(1)])
    assertMoved(await storage.pull(second.manifest, there), second, [])
    await assertHolds(there, second)
  },

  async 'fetches no layer where only the config is wanted'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const artifact = sampleArtifact()
    await fillCache(here, artifact)
    await storage.push(artifact.manifest, here, [create('1.0.0')])
    const moved = await storage.pull(artifact.manifest, there, {want: 'config'})
    assertMoved(moved, artifact, [artifact.config])
    assert.ok(await there.read(artifact.manifest.digest))
    assert.equal(await there.read(artifact.layers[0]!.digest), undefined)
    await storage.pull(artifact.manifest, there)
    await assertHolds(there, artifact)
  },

  async 'takes an artifact whose older layers only the storage has'({storage, newCache}) {
    const [here, there, elsewhere] = [newCache(), newCache(), newCache()]
    const first = sampleArtifact()
    const second = sampleArtifact({version: '1.1.0', on: first})
    await fillCache(here, first)
    await storage.push(first.manifest, here, [create('1.0.0')])
    await fillCache(there, second)
    await there.remove(first.layers[0]!.digest)
    await storage.push(second.manifest, there, [create('1.1.0')])
    await storage.pull(second.manifest, elsewhere)
    await assertHolds(elsewhere, second)
  },

  async 'refuses an artifact with a layer that nobody has'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await cache.remove(artifact.layers[0]!.digest)
    const push = storage.push(artifact.manifest, cache, [create('1.0.0')])
    await assertFails(push, 'VERSION_NOT_FOUND')
    assert.equal(await storage.resolve('1.0.0'), undefined)
  },

  async 'pushes no damaged blob'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await damage(cache.pathOf(artifact.layers[0]!.digest), artifact.layers[0]!.size)
    await assert.rejects(storage.push(artifact.manifest, cache, [create('1.0.0')]))
    assert.equal(await storage.resolve('1.0.0'), undefined)
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
    const there = newCache()
    await storage.pull(artifact.manifest, there)
    await assertHolds(there, artifact)
  },

  async 'does not find a manifest that was never pushed'({storage, newCache}) {
    const cache = newCache()
    const [first, second] = [sampleArtifact(), sampleArtifact()]
    await fillCache(cache, first)
    await storage.push(first.manifest, cache, [create('1.0.0')])
    await assertFails(storage.pull(second.manifest, newCache()), 'VERSION_NOT_FOUND')
  },

  async 'fetches a damaged blob of the cache again'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const artifact = sampleArtifact()
    await fillCache(here, artifact)
    await storage.push(artifact.manifest, here, [create('1.0.0')])
    await storage.pull(artifact.manifest, there)
    for (const blob of [artifact.manifest, ...contentOf(artifact)]) {
      await damage(there.pathOf(blob.digest), blob.size)
      const {blobs} = await storage.pull(artifact.manifest, there)
      assert.ok(blobs.includes(blob.digest), `${blob.mediaType} was not fetched again`)
      await assertHolds(there, artifact)
    }
  },

  async 'says of every blob that it was moved or there'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const first = sampleArtifact()
    const second = sampleArtifact({version: '1.1.0', on: first})
    await fillCache(here, first, second)
    await storage.push(first.manifest, here, [create('1.0.0')])
    const heard: BlobProgress[] = []
    const onProgress = (progress: BlobProgress) => void heard.push(progress)
    await storage.push(second.manifest, here, [create('1.1.0')], {onProgress})
    assertTold(heard, second, [second.config, ...second.layers.slice(1)])
    heard.length = 0
    await storage.pull(second.manifest, there, {onProgress})
    assertTold(heard, second, contentOf(second))
  },
}

function assertMoved(
  {blobs, bytes}: Transfer,
  {manifest}: SampleArtifact,
  expected: readonly Descriptor[],
): void {
  const content = blobs.filter((digest) => digest !== manifest.digest)
  assert.deepEqual(content.toSorted(), expected.map(({digest}) => digest).toSorted())
  const withManifest = blobs.includes(manifest.digest) ? [manifest, ...expected] : expected
  assert.equal(
    bytes,
    withManifest.reduce((sum, {size}) => sum + size, 0),
  )
}

function assertTold(
  heard: readonly BlobProgress[],
  artifact: SampleArtifact,
  moved: readonly Descriptor[],
): void {
  for (const blob of contentOf(artifact)) {
    const last = heard.findLast(({digest}) => digest === blob.digest)
    assert.equal(last?.state, moved.includes(blob) ? 'done' : 'present', blob.mediaType)
    assert.equal(last.size, blob.size)
  }
}

/** Other bytes of the same number. */
async function damage(path: string, size: number): Promise<void> {
  await rm(path)
  await writeFile(path, Buffer.alloc(size, 'x'))
}
