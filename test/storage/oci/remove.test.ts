import assert from 'node:assert/strict'
import {run} from '../../support/run.ts'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith, service} from '../../support/services.ts'
import {artifactOf, cacheWith, create, keepIn, move, nextOf} from './support/artifacts.ts'
import {startScriptedRegistry, status} from './support/scripted-registry.ts'
import {newRepository, withWorkspace} from './support/workspace.ts'

const repository = 'shop/migrations'

describeWith(['registry', 'oras'], 'removing versions', () => {
  it("leaves the newest whole after the registry's garbage collection", () =>
    withWorkspace(async ({open, newCache}) => {
      const {address, program, config} = service('registry')
      const storage = open({registry: address, repository: newRepository()})
      let artifact = artifactOf(1)
      const cache = await cacheWith(newCache(), artifact)
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      const old = artifact
      for (const version of ['1.1.0', '1.2.0']) {
        artifact = nextOf(artifact)
        await cacheWith(cache, artifact)
        await storage.push(artifact.manifest, cache, [create(version), move('latest')])
      }
      await storage.remove('1.0.0')
      await storage.remove('1.1.0')
      const {exitCode, stderr} = await run(program, ['garbage-collect', config])
      assert.equal(exitCode, 0, stderr)

      assert.deepEqual((await Array.fromAsync(storage.tags())).toSorted(), ['1.2.0', 'latest'])
      const there = newCache()
      await storage.pull(artifact.manifest, there)
      for (const {digest} of artifact.layers) assert.ok(await there.read(digest))
      await rejectsWith('VERSION_NOT_FOUND', () => storage.pull(old.manifest, newCache()))
    }))
})

describeWith(['oras'], 'removing a tag', () => {
  it('deletes its manifest where no other tag names it', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      const [first, second] = [artifactOf(1), artifactOf(1)]
      keepIn(registry, repository, first, '1.0.0')
      keepIn(registry, repository, second, '1.1.0')
      await open({registry: registry.host, repository}).remove('1.0.0')
      const {tags, manifests} = registry.repository(repository)
      assert.deepEqual([...tags.keys()], ['1.1.0'])
      assert.deepEqual([...manifests.keys()], [second.manifest.digest])
    }))

  it('leaves the manifest that another tag names, and nothing of its own', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      const artifact = artifactOf(1)
      keepIn(registry, repository, artifact, '1.0.0', 'production')
      await open({registry: registry.host, repository}).remove('production')
      const {tags, manifests} = registry.repository(repository)
      assert.deepEqual([...tags], [['1.0.0', artifact.manifest.digest]])
      assert.deepEqual([...manifests.keys()], [artifact.manifest.digest])
    }))

  it('does not touch a shared tag where the registry deletes nothing', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      const artifact = artifactOf(1)
      keepIn(registry, repository, artifact, '1.0.0', 'production')
      registry.on(/^DELETE/, status(405, {code: 'UNSUPPORTED', message: 'unsupported'}))
      const storage = open({registry: registry.host, repository})
      await rejectsWith('USAGE', () => storage.remove('production'))
      assert.equal(registry.repository(repository).tags.get('production'), artifact.manifest.digest)
    }))

  it('asks for no tag twice in a clean-up that has looked at all of them', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      const names = Array.from({length: 20}, (_, minor) => `1.${minor}.0`)
      for (const name of names) keepIn(registry, repository, artifactOf(1), name)
      const storage = open({registry: registry.host, repository})
      for (const name of names) await storage.resolve(name)
      registry.forget()
      await storage.remove('1.0.0')
      const heads = registry.lines().filter((line) => line.startsWith('HEAD'))
      assert.ok(heads.length <= 2, heads.join('\n'))
      await storage.remove('1.1.0')
      assert.equal(registry.repository(repository).tags.size, 18)
    }))
})
