import assert from 'node:assert/strict'
import {readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Version} from '../../../src/artifact/version.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {linkArtifact} from '../../../src/storage/workspace/links.ts'
import {runProcess} from '../../support/process.ts'

const linking = new URL('../processes/link.ts', import.meta.url)
const noLinks = new URL('../../support/no-links.ts', import.meta.url)
const [v1, v2] = ['1.0.0', '1.1.0'] as [Version, Version]

describe('the names for people', () => {
  it('are other names of the same files', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const first = sampleArtifact()
      const second = sampleArtifact({version: v2, on: first})
      await fillCache(cache, second)
      const layers = [v1, v2].map((version, at) => ({version, digest: second.layers[at]!.digest}))
      await linkArtifact(cache, {version: v2, manifest: second.manifest.digest, layers})
      const names = {
        'manifests/1.1.0.json': second.manifest.digest,
        'artifacts/1.0.0.tar.gz': second.layers[0]!.digest,
        'artifacts/1.1.0.tar.gz': second.layers[1]!.digest,
      }
      for (const [name, digest] of Object.entries(names)) {
        const [link, blob] = await Promise.all([
          stat(join(folder, 'cache', name)),
          stat(cache.pathOf(digest)),
        ])
        assert.equal(link.ino, blob.ino, name)
      }
      await linkArtifact(cache, {version: v2, manifest: second.manifest.digest, layers})
      assert.equal((await readdir(join(folder, 'cache', 'artifacts'))).length, 2)
    }))

  it('follow the latest writer', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const [first, second] = [sampleArtifact(), sampleArtifact()]
      await fillCache(cache, first, second)
      for (const {manifest} of [first, second]) {
        await linkArtifact(cache, {version: v1, manifest: manifest.digest, layers: []})
      }
      const found = await readFile(join(folder, 'cache', 'manifests', '1.0.0.json'))
      assert.ok(found.equals(second.blobs.get(second.manifest.digest)!))
    }))

  it('replace whatever stands there, and pass over what the cache lacks', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const artifact = sampleArtifact()
      await fillCache(cache, artifact)
      const path = join(folder, 'cache', 'manifests', '1.0.0.json')
      const layers = [{version: v1, digest: artifact.layers[0]!.digest}]
      await cache.remove(layers[0]!.digest)
      const links = {version: v1, manifest: artifact.manifest.digest, layers}
      await linkArtifact(cache, links)
      const target = join(folder, 'target')
      await writeFile(target, 'precious')
      await rm(path)
      await symlink(target, path)
      await linkArtifact(cache, links)
      assert.equal(await readFile(target, 'utf8'), 'precious')
      assert.equal((await stat(path)).ino, (await stat(cache.pathOf(links.manifest))).ino)
      assert.deepEqual(await readdir(join(folder, 'cache', 'artifacts')), [])
      assert.deepEqual(await readdir(join(folder, 'cache', 'manifests')), ['1.0.0.json'])
    }))

  it('are copies where there are no hard links, and are not copied twice', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const artifact = sampleArtifact()
      await fillCache(cache, artifact)
      const path = join(folder, 'cache', 'manifests', '1.0.0.json')
      const args = [folder, v1, artifact.manifest.digest]
      const inodes = []
      for (let time = 0; time < 2; time++) {
        const {code, stderr} = await runProcess(linking, args, {preload: [noLinks]})
        assert.equal(code, 0, stderr)
        inodes.push((await stat(path)).ino)
      }
      assert.ok((await readFile(path)).equals(artifact.blobs.get(artifact.manifest.digest)!))
      assert.notEqual(inodes[0], (await stat(cache.pathOf(artifact.manifest.digest))).ino)
      assert.equal(inodes[0], inodes[1])
    }))
})
