import assert from 'node:assert/strict'
import {mkdir, rm, symlink, truncate, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith} from '../../support/services.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {artifactOf, cacheWith, keepIn} from './support/artifacts.ts'
import {startScriptedRegistry, type ScriptedRegistry} from './support/scripted-registry.ts'
import {withWorkspace, type Workspace} from './support/workspace.ts'

const repository = 'shop/migrations'
const artifact = artifactOf(3)
const content = [artifact.manifest, artifact.config, ...artifact.layers]
const layer = artifact.layers[1]!

/** What may have become of a blob's file. */
const damages: Record<string, (path: string) => Promise<unknown>> = {
  'has other bytes': (path) => replace(path, Buffer.alloc(layer.size, 'x')),
  'is cut off': async (path) => {
    await replace(path, artifact.blobs.get(layer.digest)!)
    await truncate(path, 10)
  },
  'is empty': (path) => replace(path, Buffer.alloc(0)),
  'is a link to somewhere else': async (path) => {
    await rm(path)
    await symlink('/etc/passwd', path)
  },
  'is a folder': async (path) => {
    await rm(path)
    await mkdir(path)
  },
}

async function replace(path: string, bytes: Buffer): Promise<void> {
  await rm(path)
  await writeFile(path, bytes)
}

async function withRegistry(
  work: (registry: ScriptedRegistry, workspace: Workspace) => Promise<void>,
): Promise<void> {
  await using registry = await startScriptedRegistry()
  keepIn(registry, repository, artifact, '1.2.0')
  await withWorkspace((workspace) => work(registry, workspace))
}

describeWith(['oras'], 'a pull into a cache', () => {
  for (const [title, damage] of Object.entries(damages)) {
    for (const known of [true, false]) {
      it(`fetches again a layer that ${title}, the manifest ${known ? 'known' : 'not known'}`, () =>
        withRegistry(async (registry, {open, newCache}) => {
          const cache = await cacheWith(newCache(), artifact)
          await damage(cache.pathOf(layer.digest))
          if (!known) await cache.remove(artifact.manifest.digest)
          await open({registry: registry.host, repository}).pull(artifact.manifest, cache)
          for (const {digest} of content) {
            assert.deepEqual(await cache.read(digest), artifact.blobs.get(digest))
          }
          const layers = registry
            .lines()
            .filter((line) => line.startsWith('GET') && line.includes('/blobs/'))
          assert.deepEqual(layers, [`GET /v2/${repository}/blobs/${layer.digest}`])
        }))
    }
  }

  it('says when that cannot be written', () =>
    withRegistry(async (registry, {open, folder}) => {
      const workspace = join(folder, 'workspace')
      const cache = openCache(workspace)
      await mkdir(dirname(cache.folder), {recursive: true})
      await writeFile(cache.folder, 'not a folder')
      const storage = open({registry: registry.host, repository})
      const error = await rejectsWith('NOT_WRITABLE', () => storage.pull(artifact.manifest, cache))
      assert.match(error.hint ?? '', /writable/)
    }))
})
