import assert from 'node:assert/strict'
import {isSquizzleError} from '../../errors.ts'
import {fillCache, sampleArtifact} from './artifact.ts'
import {assertHolds, create, listTags, type Scene} from './scene.ts'

/** Many at once, and some that give up. */
export const crowdingTests: Record<string, (scene: Scene) => Promise<void>> = {
  async 'serves ten pulls into one cache at once'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const first = sampleArtifact()
    const second = sampleArtifact({version: '1.1.0', on: first, size: 100_000})
    await fillCache(here, second)
    await storage.push(second.manifest, here, [create('1.1.0')])
    await Promise.all(Array.from({length: 10}, () => storage.pull(second.manifest, there)))
    await assertHolds(there, second)
  },

  async 'takes the same content from ten pushers at once'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    const push = () => storage.push(artifact.manifest, cache, [create('1.0.0')])
    await Promise.all(Array.from({length: 10}, push))
    assert.deepEqual(await listTags(storage), ['1.0.0'])
  },

  async 'keeps the tags of ten pushers of ten versions'({storage, newCache}) {
    const cache = newCache()
    const versions = Array.from({length: 10}, (_, minor) => `1.${minor}.0`)
    await Promise.all(
      versions.map(async (version) => {
        const artifact = sampleArtifact({version})
        await fillCache(cache, artifact)
        await storage.push(artifact.manifest, cache, [create(version)])
      }),
    )
    assert.deepEqual(await listTags(storage), versions.toSorted())
  },

  async 'does nothing for a signal that was aborted before'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const artifact = sampleArtifact()
    await fillCache(here, artifact)
    const reason = new Error('nobody waits any more')
    const signal = AbortSignal.abort(reason)
    const isReason = (error: unknown) => error === reason
    const push = storage.push(artifact.manifest, here, [create('1.0.0')], {signal})
    await assert.rejects(push, isReason)
    assert.equal(await storage.resolve('1.0.0'), undefined)
    await storage.push(artifact.manifest, here, [create('1.0.0')])
    await assert.rejects(storage.pull(artifact.manifest, there, {signal}), isReason)
    assert.equal(await there.read(artifact.layers[0]!.digest), undefined)
  },

  async 'finishes after an abort when asked again'({storage, newCache}) {
    const [here, there] = [newCache(), newCache()]
    const first = sampleArtifact({size: 100_000})
    const second = sampleArtifact({version: '1.1.0', on: first, size: 100_000})
    await fillCache(here, second)
    const reason = new Error('nobody waits any more')
    const aborting = () => {
      const controller = new AbortController()
      return {signal: controller.signal, onProgress: () => controller.abort(reason)}
    }
    const push = storage.push(second.manifest, here, [create('1.1.0')], aborting())
    await assert.rejects(push, (error) => error === reason)
    await storage.push(second.manifest, here, [create('1.1.0')])
    await assert.rejects(
      storage.pull(second.manifest, there, aborting()),
      (error) => error === reason,
    )
    await storage.pull(second.manifest, there)
    await assertHolds(there, second)
  },
}

/** For storages that can refuse the second of two writers. */
export const atomicTests: Record<string, (scene: Scene) => Promise<void>> = {
  'lets one of two pushers of other content win': (scene) => race(scene, 2),
  'lets one of ten pushers of other content win': (scene) => race(scene, 10),
}

async function race({storage, newCache}: Scene, pushers: number): Promise<void> {
  const rivals = await Promise.all(
    Array.from({length: pushers}, async () => {
      const [cache, artifact] = [newCache(), sampleArtifact()]
      await fillCache(cache, artifact)
      return {cache, artifact}
    }),
  )
  const results = await Promise.allSettled(
    rivals.map(({cache, artifact}) => storage.push(artifact.manifest, cache, [create('1.0.0')])),
  )
  const winners = rivals.filter((_, index) => results[index]?.status === 'fulfilled')
  assert.equal(winners.length, 1)
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    assert.ok(isSquizzleError(result.reason) && result.reason.code === 'VERSION_EXISTS')
  }
  const [{artifact}] = winners as [(typeof rivals)[number]]
  assert.equal((await storage.resolve('1.0.0'))?.digest, artifact.manifest.digest)
  const cache = newCache()
  await storage.pull(artifact.manifest, cache)
  await assertHolds(cache, artifact)
}
