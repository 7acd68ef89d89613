import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {join} from 'node:path'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {assertHolds, create, listTags, move} from '../../../src/storage/contract/scene.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {run} from '../../support/run.ts'
import {describeWith, tool} from '../../support/services.ts'
import {withLocal, type LocalScene} from './scene.ts'

async function succeed(command: string, ...args: string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await run(command, args)
  assert.equal(exitCode, 0, stderr)
  return stdout
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

async function pushSecond({storage, artifact, cache}: LocalScene) {
  const second = sampleArtifact({version: '1.1.0', on: artifact})
  await fillCache(cache, second)
  await storage.push(second.manifest, cache, [create('1.1.0'), move('latest')])
  return second
}

describeWith(['oras'], 'oras', () => {
  const oras = (...args: string[]) => succeed(tool('oras'), ...args)

  it('reads what is in a local storage', () =>
    withLocal(async (scene) => {
      const {folder} = scene
      const second = await pushSecond(scene)
      const tags = await oras('repo', 'tags', '--oci-layout', folder)
      assert.deepEqual(tags.trim().split('\n').toSorted(), ['1.0.0', '1.1.0', 'latest'])
      const raw = await oras('manifest', 'fetch', '--oci-layout', `${folder}:latest`)
      assert.equal(digestOf(raw), second.manifest.digest)
    }))

  it('copies an artifact out of it that squizzle reads again', () =>
    withLocal(async (scene) => {
      const {root, folder, newCache} = scene
      const second = await pushSecond(scene)
      const copy = join(root, 'copy')
      const [from, to] = [`${folder}:1.1.0`, `${copy}:1.1.0`]
      await oras('cp', '--no-tty', '--from-oci-layout', from, '--to-oci-layout', to)
      const [storage, there] = [await openLocalStorage(copy, '/'), newCache('there')]
      const found = await storage.resolve('1.1.0')
      assert.equal(found?.digest, second.manifest.digest)
      await storage.pull(found, there)
      await assertHolds(there, second)
    }))

  it('tags in it beside squizzle', () =>
    withLocal(async (scene) => {
      const {folder, storage, artifact} = scene
      await oras('tag', '--oci-layout', `${folder}:1.0.0`, 'staging')
      await pushSecond(scene)
      assert.deepEqual(await listTags(storage), ['1.0.0', '1.1.0', 'latest', 'staging'])
      assert.equal((await storage.resolve('staging'))?.digest, artifact.manifest.digest)
    }))
})

describeWith(['skopeo'], 'skopeo', () => {
  it('reads and copies what is in a local storage', () =>
    withLocal(async (scene) => {
      const {root, folder, newCache} = scene
      const second = await pushSecond(scene)
      const raw = await succeed(tool('skopeo'), 'inspect', '--raw', `oci:${folder}:1.1.0`)
      assert.equal(digestOf(raw), second.manifest.digest)
      const copy = join(root, 'copy')
      const policy = ['--insecure-policy', 'copy', '--quiet']
      await succeed(tool('skopeo'), ...policy, `oci:${folder}:1.1.0`, `oci:${copy}:1.1.0`)
      const [storage, there] = [await openLocalStorage(copy, '/'), newCache('there')]
      await storage.pull(second.manifest, there)
      await assertHolds(there, second)
    }))
})
