import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {contentOf, fillCache, sampleArtifact} from './artifact.ts'
import {assertFails, assertHolds, create, type Scene} from './scene.ts'

/** What has happened to the bytes of a blob behind the storage's back. */
const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'other bytes': ({byteLength}) => randomBytes(byteLength),
  'half of its bytes': (bytes) => bytes.subarray(0, bytes.byteLength / 2),
  'no bytes': () => Buffer.alloc(0),
  'more than its bytes': (bytes) => Buffer.concat([bytes, Buffer.from('more')]),
}

/** Content that is not what its digest names. */
export const breakingTests: Record<string, (scene: Scene) => Promise<void>> = Object.fromEntries(
  Object.entries(damages).map(([title, damage]) => [
    `never hands out a blob that has ${title}`,
    async ({storage, newCache, replace}: Scene) => {
      const cache = newCache()
      const artifact = sampleArtifact({size: 10_000})
      await fillCache(cache, artifact)
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      for (const blob of contentOf(artifact)) {
        const bytes = artifact.blobs.get(blob.digest)!
        await replace(blob.digest, damage(bytes))
        const there = newCache()
        await assertFails(storage.pull(artifact.manifest, there), 'INTEGRITY')
        assert.equal(await there.read(blob.digest), undefined, `${blob.mediaType} is in the cache`)
        await replace(blob.digest, bytes)
        await storage.pull(artifact.manifest, there)
        await assertHolds(there, artifact)
      }
    },
  ]),
)
