import assert from 'node:assert/strict'
import {sha256} from '../../artifact/digest.ts'
import {fillCache, sampleArtifact} from './artifact.ts'
import {assertFails, create, listTags, move, type Scene} from './scene.ts'

/** Tags and digests: what they name, when they move. */
export const namingTests: Record<string, (scene: Scene) => Promise<void>> = {
  async 'has no tags and resolves nothing before the first push'({storage}) {
    assert.deepEqual(await listTags(storage), [])
    assert.equal(await storage.resolve('1.0.0'), undefined)
    assert.equal(await storage.resolve(sha256('nothing')), undefined)
    await storage.remove('1.0.0')
  },

  async 'resolves a tag and a digest to the manifest'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
    for (const name of ['1.0.0', artifact.manifest.digest]) {
      const found = await storage.resolve(name)
      assert.equal(found?.digest, artifact.manifest.digest)
      assert.equal(found.size, artifact.manifest.size)
      assert.equal(found.mediaType, artifact.manifest.mediaType)
    }
    assert.ok(storage.reference('1.0.0').includes('1.0.0'))
  },

  async 'resolves neither what is unknown nor what is no reference'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
    for (const name of ['1.0.1', '1.0', sha256('nothing'), '../1.0.0', 'a b', '']) {
      assert.equal(await storage.resolve(name), undefined, JSON.stringify(name))
    }
  },

  async 'keeps a digest that no tag names any more'({storage, newCache}) {
    const cache = newCache()
    const [first, second] = [sampleArtifact(), sampleArtifact()]
    await fillCache(cache, first, second)
    await storage.push(first.manifest, cache, [move('latest')])
    await storage.push(second.manifest, cache, [move('latest')])
    assert.equal((await storage.resolve(first.manifest.digest))?.digest, first.manifest.digest)
  },

  async 'never moves a tag to create'({storage, newCache}) {
    const cache = newCache()
    const [first, second] = [sampleArtifact(), sampleArtifact()]
    await fillCache(cache, first, second)
    await storage.push(first.manifest, cache, [create('1.0.0')])
    await assertFails(storage.push(second.manifest, cache, [create('1.0.0')]), 'VERSION_EXISTS')
    assert.equal((await storage.resolve('1.0.0'))?.digest, first.manifest.digest)
  },

  async 'moves an alias'({storage, newCache}) {
    const cache = newCache()
    const [first, second] = [sampleArtifact(), sampleArtifact()]
    await fillCache(cache, first, second)
    await storage.push(first.manifest, cache, [create('1.0.0'), move('latest')])
    const {refusedTags} = await storage.push(second.manifest, cache, [
      create('1.0.1'),
      move('latest'),
    ])
    assert.deepEqual(refusedTags, [])
    assert.equal((await storage.resolve('1.0.0'))?.digest, first.manifest.digest)
    assert.equal((await storage.resolve('latest'))?.digest, second.manifest.digest)
  },

  async 'sets no tag after one that is refused'({storage, newCache}) {
    const cache = newCache()
    const [first, second] = [sampleArtifact(), sampleArtifact()]
    await fillCache(cache, first, second)
    await storage.push(first.manifest, cache, [create('1.0.0'), move('latest')])
    const tags = [create('1.0.0'), move('latest'), create('1.0.1')]
    await assertFails(storage.push(second.manifest, cache, tags), 'VERSION_EXISTS')
    assert.deepEqual(await listTags(storage), ['1.0.0', 'latest'])
    assert.equal((await storage.resolve('latest'))?.digest, first.manifest.digest)
  },

  async 'names a manifest that it has'({storage, newCache}) {
    const cache = newCache()
    const [first, second] = [sampleArtifact(), sampleArtifact()]
    await fillCache(cache, first, second)
    await storage.push(first.manifest, cache, [create('1.0.0')])
    await storage.push(second.manifest, cache, [create('1.0.1')])
    await storage.tag(first.manifest, move('staging'))
    await storage.tag(second.manifest, move('staging'))
    await storage.tag(second.manifest, create('1.0.1'))
    await assertFails(storage.tag(first.manifest, create('1.0.1')), 'VERSION_EXISTS')
    assert.equal((await storage.resolve('staging'))?.digest, second.manifest.digest)
    assert.equal((await storage.resolve('1.0.1'))?.digest, second.manifest.digest)
  },

  async 'gives no name to a manifest that it lacks'({storage, newCache}) {
    const cache = newCache()
    const [first, second] = [sampleArtifact(), sampleArtifact()]
    await fillCache(cache, first, second)
    await storage.push(first.manifest, cache, [create('1.0.0')])
    await assertFails(storage.tag(second.manifest, move('staging')), 'VERSION_NOT_FOUND')
    assert.equal(await storage.resolve('staging'), undefined)
  },

  async 'removes a tag and nothing else'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0'), move('latest')])
    await storage.remove('latest')
    await storage.remove('latest')
    assert.deepEqual(await listTags(storage), ['1.0.0'])
    assert.equal(await storage.resolve('latest'), undefined)
    await storage.pull(artifact.manifest, newCache())
  },

  async 'takes every tag that the specification allows'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    const names = ['a'.repeat(128), '_', '1.0.0-rc.1_build.5', 'A.b-C_d', 'constructor', '0..-__']
    await storage.push(artifact.manifest, cache, names.map(move))
    assert.deepEqual(await listTags(storage), names.toSorted())
    for (const name of names) {
      assert.equal((await storage.resolve(name))?.digest, artifact.manifest.digest, name)
    }
  },

  async 'takes no tag that the specification does not allow'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
    const odd = ['', '.', '..', '../1.0.0', '.a', '-a', 'a b', 'a/b', 'a\0b', 'ä', '1.0.0+build']
    for (const name of [...odd, 'a'.repeat(129), artifact.manifest.digest]) {
      const tags = [create('1.0.1'), move(name)]
      await assertFails(storage.push(artifact.manifest, cache, tags), 'USAGE')
      await assertFails(storage.tag(artifact.manifest, move(name)), 'USAGE')
      await storage.remove(name)
    }
    assert.deepEqual(await listTags(storage), ['1.0.0'])
  },

  async 'lists each of 40 tags of one push once'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    const names = Array.from({length: 40}, (_, patch) => `1.0.${patch}`)
    await storage.push(artifact.manifest, cache, names.map(create))
    assert.deepEqual(await listTags(storage), names.toSorted())
  },

  async 'lists each of 2500 tags once'({storage, newCache, plant}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
    const names = Array.from({length: 2500}, (_, patch) => `1.1.${patch}`)
    await plant(names, artifact.manifest)
    assert.deepEqual(await listTags(storage), ['1.0.0', ...names].toSorted())
    for (const name of names.filter((_, at) => at % 833 === 0)) {
      assert.equal((await storage.resolve(name))?.digest, artifact.manifest.digest, name)
    }
  },

  async 'has nothing to complain of when checked'({storage, newCache}) {
    const cache = newCache()
    const artifact = sampleArtifact()
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
    const failed = (await storage.check()).filter(({status}) => status === 'failed')
    assert.deepEqual(failed, [])
    assert.deepEqual(await listTags(storage), ['1.0.0'], 'the check left something behind')
  },
}
