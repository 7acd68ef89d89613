import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {
  contentOf,
  fillCache,
  sampleArtifact,
  type SampleArtifact,
  type SampleOptions,
} from './artifact.ts'
import {assertHolds, create, type Scene} from './scene.ts'

/** What a second process does, and what is left of one that was killed. */
export const processTests: Record<string, (scene: Scene) => Promise<void>> = {
  async 'gives to one process what another one has pushed'({storage, newCache, visit}) {
    const [here, there] = [newCache(), newCache()]
    const artifact = sampleArtifact()
    await fillCache(here, artifact)
    const push = {cache: here, manifest: artifact.manifest, tags: [create('1.0.0')]}
    assert.equal(await visit(push), 'done')
    await storage.pull(artifact.manifest, there)
    await assertHolds(there, artifact)
  },

  async 'finishes what a killed push has begun'({storage, newCache, visit}) {
    for (const stopAfter of [1, 3]) {
      const [here, there] = [newCache(), newCache()]
      const version = `1.${stopAfter}.0`
      const artifact = largeArtifact(version)
      await fillCache(here, artifact)
      const push = {cache: here, manifest: artifact.manifest, tags: [create(version)], stopAfter}
      assert.equal(await visit(push), 'stopped')
      const found = await storage.resolve(version)
      if (found !== undefined) await storage.pull(found, newCache())
      await storage.push(artifact.manifest, here, [create(version)])
      await storage.pull(artifact.manifest, there)
      await assertHolds(there, artifact)
    }
  },

  async 'finishes what a killed pull has begun'({storage, newCache, visit}) {
    const here = newCache()
    const artifact = largeArtifact('1.0.0')
    await fillCache(here, artifact)
    await storage.push(artifact.manifest, here, [create('1.0.0')])
    for (const stopAfter of [1, 3]) {
      const there = newCache()
      assert.equal(await visit({cache: there, manifest: artifact.manifest, stopAfter}), 'stopped')
      for (const {digest} of contentOf(artifact)) {
        const path = there.pathOf(digest)
        const bytes = await readFile(path).catch(() => undefined)
        assert.ok(
          bytes === undefined || bytes.equals(artifact.blobs.get(digest)!),
          `half of ${path}`,
        )
      }
      await storage.pull(artifact.manifest, there)
      await assertHolds(there, artifact)
    }
  },

  async 'takes one content of two processes, whole'({storage, newCache, visit}) {
    const rivals = await Promise.all(
      Array.from({length: 2}, async () => {
        const [cache, artifact] = [newCache(), sampleArtifact({size: 100_000})]
        await fillCache(cache, artifact)
        return {cache, artifact}
      }),
    )
    const news = await Promise.all(
      rivals.map(({cache, artifact: {manifest}}) =>
        visit({cache, manifest, tags: [create('1.0.0')]}),
      ),
    )
    for (const one of news) {
      if (one !== 'done') assert.equal(typeof one === 'object' && one.code, 'VERSION_EXISTS')
    }
    const found = await storage.resolve('1.0.0')
    const won = rivals.findIndex(({artifact}) => artifact.manifest.digest === found?.digest)
    assert.equal(news[won], 'done', 'the tag names what no process was told to be there')
    const there = newCache()
    await storage.pull(rivals[won]!.artifact.manifest, there)
    await assertHolds(there, rivals[won]!.artifact)
  },
}

/** Several layers, so that there is a middle in which to die. */
function largeArtifact(version: string): SampleArtifact {
  const older = ['0.1.0', '0.2.0', '0.3.0', '0.4.0']
  const base = older.reduce<SampleOptions>(
    (on, next) => ({on: sampleArtifact({...on, version: next, size: 200_000})}),
    {},
  )
  return sampleArtifact({...base, version, size: 200_000})
}
