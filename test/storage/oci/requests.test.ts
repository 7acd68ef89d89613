import assert from 'node:assert/strict'
import type {BlobProgress} from '../../../src/storage/storage.ts'
import {describeWith, service} from '../../support/services.ts'
import {followLog} from './support/access-log.ts'
import {artifactOf, cacheWith, create, move, nextOf} from './support/artifacts.ts'
import {witnessOras} from './support/programs.ts'
import {newRepository, withWorkspace, type Workspace} from './support/workspace.ts'

const isBlob = /^(?:GET|PUT) .*\/blobs\//
const isManifest = /\/manifests\//

/** Runs the work with a storage whose oras is counted, on a registry whose requests are. */
function counted(
  work: (
    scene: Workspace & {
      readonly storage: ReturnType<Workspace['open']>
      /** The commands that oras was started with since the last count, and the requests that came of them. */
      readonly count: () => Promise<{commands: string[]; requests: string[]}>
    },
  ) => Promise<void>,
): Promise<void> {
  return withWorkspace(async (workspace) => {
    const {address, accessLog} = service('registry')
    const log = await followLog(accessLog)
    const witness = await witnessOras(workspace.bin)
    const config = {registry: address, repository: newRepository()}
    const storage = workspace.open(config, {SQUIZZLE_ORAS: witness.path})
    await storage.check()
    const count = async () => {
      const starts = await witness.starts()
      await witness.forget()
      const commands = starts.map((args) => args.filter((arg) => /^[a-z]+$/.test(arg)))
      return {commands: commands.map((words) => words.join(' ')), requests: await log.lines()}
    }
    await count()
    await work({...workspace, storage, count})
  })
}

describeWith(['registry', 'oras'], 'what a pull costs', () => {
  it('is one layer, one config and one manifest where 99 of 100 layers are cached', () =>
    counted(async ({storage, count, newCache}) => {
      const before = artifactOf(99)
      const after = nextOf(before)
      const here = await cacheWith(newCache(), after)
      await storage.push(before.manifest, here, [create('1.98.0')])
      await storage.push(after.manifest, here, [create('1.99.0')])
      const there = newCache()
      await storage.pull(before.manifest, there)
      await count()

      const manifest = await storage.resolve('1.99.0')
      await storage.pull(manifest!, there)
      const {commands, requests} = await count()
      assert.equal(commands.length, 2)
      assert.equal(requests.filter((line) => isBlob.test(line)).length, 2)
      assert.deepEqual(
        requests.filter((line) => isManifest.test(line)).map((line) => line.split(' ')[0]),
        ['HEAD', 'GET'],
      )
      const fetched = requests.filter((line) => line.startsWith('GET')).join()
      for (const {digest} of [after.manifest, after.config, after.layers.at(-1)!]) {
        assert.ok(fetched.includes(digest))
      }
    }))

  it('is nothing where all of it is cached', () =>
    counted(async ({storage, count, newCache}) => {
      const artifact = artifactOf(3)
      const cache = await cacheWith(newCache(), artifact)
      await storage.push(artifact.manifest, cache, [create('1.2.0')])
      await count()
      await storage.pull(artifact.manifest, cache)
      await storage.pull(artifact.manifest, cache, {want: 'config'})
      assert.deepEqual(await count(), {commands: [], requests: []})
      await storage.resolve('1.2.0')
      const {commands, requests} = await count()
      assert.equal(commands.length, 1)
      assert.deepEqual(
        requests.map((line) => line.split(' ')[0]),
        ['HEAD'],
      )
    }))

  it('is two requests for manifest and config', () =>
    counted(async ({storage, count, newCache}) => {
      const artifact = artifactOf(3)
      const cache = await cacheWith(newCache(), artifact)
      await storage.push(artifact.manifest, cache, [create('1.2.0')])
      await count()
      await storage.pull(artifact.manifest, newCache(), {want: 'config'})
      const {requests} = await count()
      assert.deepEqual(
        requests.map((line) => line.split(' ')[0]),
        ['GET', 'GET'],
      )
    }))
})

describeWith(['registry', 'oras'], 'what a push costs', () => {
  for (const releases of [20, 101, 150]) {
    it(`is one layer, one config and one manifest for release ${releases}, of layers that are not here`, () =>
      counted(async ({storage, count, newCache}) => {
        const before = artifactOf(releases - 1)
        const after = nextOf(before)
        await storage.push(before.manifest, await cacheWith(newCache(), before), [
          create(`1.${releases - 2}.0`),
        ])
        await count()

        const cache = await cacheWith(newCache(), after)
        for (const {digest} of before.layers) await cache.remove(digest)
        const tag = `1.${releases - 1}.0`
        assert.equal(await storage.resolve(tag), undefined)
        const heard: BlobProgress[] = []
        const {blobs} = await storage.push(after.manifest, cache, [create(tag), move('latest')], {
          onProgress: (progress) => void heard.push(progress),
        })
        const layer = heard.findLast(({digest}) => digest === after.layers.at(-1)?.digest)
        assert.deepEqual([layer?.state, layer?.title], ['done', `${tag}.tar.gz`])
        assert.ok(heard.some(({title, state}) => title === '1.0.0.tar.gz' && state === 'present'))
        assert.deepEqual(
          blobs.toSorted(),
          [after.manifest, after.config, after.layers.at(-1)!].map(({digest}) => digest).toSorted(),
        )
        const {commands, requests} = await count()
        const uploads = requests.filter((line) => /^PUT .*\/blobs\//.test(line))
        assert.equal(uploads.length, 2)
        const puts = requests.filter((line) => /^PUT .*\/manifests\//.test(line))
        assert.deepEqual(
          puts.map((line) => line.split('/').at(-1)),
          [`${after.manifest.digest} 201`, `${tag} 201`, 'latest 201'],
        )
        // resolve; upload; check, tag, verify; latest
        assert.equal(commands.length, releases <= 100 ? 6 : 9)
        if (releases > 100) assert.ok(requests.length < 30, `${requests.length} requests`)

        const there = newCache()
        await storage.pull(after.manifest, there)
        assert.ok(await there.has(before.layers[0]!))
      }))
  }

  it('is no upload where the version is there', () =>
    counted(async ({storage, count, newCache}) => {
      const artifact = artifactOf(3)
      const cache = await cacheWith(newCache(), artifact)
      await storage.push(artifact.manifest, cache, [create('1.2.0')])
      await count()
      const {blobs, bytes} = await storage.push(artifact.manifest, cache, [create('1.2.0')])
      assert.deepEqual({blobs, bytes}, {blobs: [], bytes: 0})
      const {requests} = await count()
      assert.ok(requests.every((line) => line.startsWith('HEAD')))
    }))

  it('is every layer where the version before was pushed elsewhere', () =>
    counted(async ({storage, count, newCache}) => {
      const artifact = artifactOf(120)
      const cache = await cacheWith(newCache(), artifact)
      const {blobs} = await storage.push(artifact.manifest, cache, [create('1.119.0')])
      assert.equal(blobs.length, 122)
      const {requests} = await count()
      assert.equal(requests.filter((line) => /^PUT .*\/blobs\//.test(line)).length, 121)
    }))
})

describeWith(['registry', 'oras'], 'a list of thousands of tags', () => {
  it('is one call and complete', () =>
    counted(async ({storage, count, newCache}) => {
      const artifact = artifactOf(1)
      const cache = await cacheWith(newCache(), artifact)
      const names = Array.from({length: 2000}, (_, patch) => `1.0.${patch}`)
      await storage.push(artifact.manifest, cache, [...names, 'staging'].map(move))
      await count()
      const tags = await Array.fromAsync(storage.tags())
      assert.deepEqual(tags.toSorted(), [...names, 'staging'].toSorted())
      assert.equal((await count()).commands.length, 1)
    }))
})
