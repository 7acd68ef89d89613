import assert from 'node:assert/strict'
import {mkdir, readdir, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../../src/files/temp.ts'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {create, listTags, move} from '../../../src/storage/contract/scene.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {treeOf} from '../folder-facts.ts'
import {readJson, withLocal, writeJson} from './scene.ts'

interface Index {
  manifests: {digest: string; annotations?: Record<string, string>}[]
}

describe('the folder of a local storage', () => {
  it('is an OCI image layout and nothing else', () =>
    withLocal(async ({folder, artifact}) => {
      const {manifest} = artifact
      assert.deepEqual(await readJson(join(folder, 'oci-layout')), {imageLayoutVersion: '1.0.0'})
      assert.deepEqual(await readJson(join(folder, 'index.json')), {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [{...manifest, annotations: {'org.opencontainers.image.ref.name': '1.0.0'}}],
      })
      const blobs = [...artifact.blobs.keys()].map((digest) => digest.replace('sha256:', ''))
      assert.deepEqual(
        (await readdir(join(folder, 'blobs', 'sha256'))).toSorted(),
        blobs.toSorted(),
      )
      const names = ['blobs', 'index.json', 'oci-layout']
      assert.deepEqual((await readdir(folder)).toSorted(), names)
    }))

  it('is not made by reading', () =>
    withTempDir(async (root) => {
      const storage = await openLocalStorage('a/b', root)
      assert.deepEqual(await listTags(storage), [])
      await storage.check()
      await assert.rejects(storage.push(sampleArtifact().manifest, openCache(root), []))
      assert.deepEqual(await treeOf(root), {})
    }))

  it('may be an empty one, hidden files aside', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, '.gitkeep'), '')
      const storage = await openLocalStorage(root, '/')
      const [cache, artifact] = [openCache(join(root, '.squizzle')), sampleArtifact()]
      await fillCache(cache, artifact)
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      assert.deepEqual(await listTags(storage), ['1.0.0'])
    }))

  it('is refused, and not touched, when it holds something else', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'README.md'), 'mine')
      const storage = await openLocalStorage(root, '/')
      const [cache, artifact] = [openCache(join(root, '.squizzle')), sampleArtifact()]
      await fillCache(cache, artifact)
      const before = await treeOf(root)
      const refused = {
        code: 'CONFIG_INVALID',
        message: `${root} is not an OCI image layout: it has README.md but no oci-layout`,
      }
      const {manifest} = artifact
      await assert.rejects(storage.push(manifest, cache, [create('1.0.0')]), refused)
      await assert.rejects(storage.tag(manifest, move('latest')), refused)
      await assert.rejects(storage.resolve('1.0.0'), refused)
      await assert.rejects(storage.pull(manifest, cache), refused)
      await assert.rejects(storage.remove('1.0.0'), refused)
      await assert.rejects(listTags(storage), refused)
      assert.equal((await storage.check())[0]?.status, 'failed')
      assert.deepEqual(await treeOf(root), before)
    }))

  it('is refused when it is a file', () =>
    withTempDir(async (root) => {
      const path = join(root, 'file')
      await writeFile(path, '')
      const storage = await openLocalStorage(path, '/')
      await assert.rejects(storage.resolve('1.0.0'), {
        code: 'CONFIG_INVALID',
        message: `${path} is not an OCI image layout: it is not a folder`,
      })
    }))

  it('keeps what other tools wrote beside ours', () =>
    withLocal(async ({folder, storage, artifact, cache}) => {
      const path = join(folder, 'index.json')
      const index = await readJson<Index>(path)
      const foreign = [
        {mediaType: 'application/vnd.oci.image.index.v1+json', digest: `sha512:${'0'.repeat(128)}`},
        {digest: 'sha256:short', annotations: {'org.opencontainers.image.ref.name': 'a/b:c'}},
        {digest: 'sha256:1', annotations: {'org.opencontainers.image.ref.name': 'broken'}, x: [1]},
      ]
      const annotations = {keeper: 'somebody else'}
      await writeJson(path, {...index, annotations, manifests: [...foreign, ...index.manifests]})
      assert.deepEqual(await listTags(storage), ['1.0.0', 'broken'])
      assert.equal((await storage.resolve('1.0.0'))?.digest, artifact.manifest.digest)
      await assert.rejects(storage.resolve('broken'), {code: 'INTEGRITY', message: /tag broken/})
      await storage.push(artifact.manifest, cache, [move('latest')])
      await storage.remove('1.0.0')
      const after = await readJson<Index & {annotations: unknown}>(path)
      assert.deepEqual(after.manifests.slice(0, 3), foreign)
      assert.deepEqual(after.annotations, annotations)
      assert.deepEqual(await listTags(storage), ['broken', 'latest'])
    }))

  it('names the last of two entries for one tag, as oras does', () =>
    withLocal(async ({folder, storage, artifact, cache}) => {
      const path = join(folder, 'index.json')
      const index = await readJson<Index>(path)
      const other = {...index.manifests[0]!, digest: `sha256:${'0'.repeat(64)}`}
      await writeJson(path, {...index, manifests: [other, ...index.manifests]})
      assert.deepEqual(await listTags(storage), ['1.0.0'])
      assert.equal((await storage.resolve('1.0.0'))?.digest, artifact.manifest.digest)
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      await storage.remove('1.0.0')
      assert.deepEqual(await listTags(storage), [])
    }))

  it('shares no file with the cache', () =>
    withLocal(async ({folder, artifact, cache, storage, newCache}) => {
      const there = newCache('there')
      await storage.pull(artifact.manifest, there)
      for (const digest of artifact.blobs.keys()) {
        const hex = digest.replace('sha256:', '')
        const kept = await stat(join(folder, 'blobs', 'sha256', hex))
        for (const {folder: other} of [cache, there]) {
          const copy = await stat(join(other, 'blobs', 'sha256', hex))
          assert.notEqual(copy.ino, kept.ino)
        }
      }
    }))

  it('goes by one name, whichever way leads to it', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'real'))
      await symlink('real', join(root, 'link'))
      const ways = ['real/x/y', 'link/x/y', './link/../link/x/./y/', join(root, 'link/x/y')]
      const before = await Promise.all(
        ways.map(async (way) => (await openLocalStorage(way, root)).url),
      )
      await mkdir(join(root, 'real', 'x', 'y'), {recursive: true})
      const after = await Promise.all(
        ways.map(async (way) => (await openLocalStorage(way, root)).url),
      )
      const urls = new Set([...before, ...after])
      assert.equal(urls.size, 1)
      assert.match([...urls][0]!, /^file:\/.*\/real\/x\/y$/)
    }))

  it('is written nothing to when everything is there', () =>
    withLocal(async ({folder, storage, artifact, cache}) => {
      const changed = async () => (await stat(folder)).mtimeMs
      const before = await changed()
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      await storage.tag(artifact.manifest, create('1.0.0'))
      await storage.remove('2.0.0')
      await storage.resolve('1.0.0')
      assert.equal(await changed(), before)
    }))

  it('takes no tag that would lead elsewhere', () =>
    withLocal(async ({storage, artifact, cache}) => {
      for (const name of ['../x', 'a/b', '', '.hidden', 'a'.repeat(129)]) {
        const push = storage.push(artifact.manifest, cache, [move(name)])
        await assert.rejects(push, {code: 'USAGE'}, name)
      }
    }))

  it('sets all tags of a push or none', () =>
    withLocal(async ({storage, cache}) => {
      const second = sampleArtifact()
      await fillCache(cache, second)
      const tags = [move('latest'), create('1.0.1'), create('1.0.0')]
      await assert.rejects(storage.push(second.manifest, cache, tags), {code: 'VERSION_EXISTS'})
      assert.deepEqual(await listTags(storage), ['1.0.0'])
    }))
})

describe('the check of a local storage', () => {
  it('says what it found', () =>
    withLocal(async ({folder, storage}) => {
      assert.deepEqual(await storage.check(), [
        {name: 'folder', status: 'ok', message: `${folder} is an OCI image layout`},
        {name: 'artifacts', status: 'ok', message: '1 tag, 1 complete artifact'},
        {name: 'writable', status: 'ok', message: `${folder} can be written`},
      ])
    }))

  it('finds an artifact that lacks a blob', () =>
    withLocal(async ({folder, storage, artifact}) => {
      const hex = artifact.layers[0]!.digest.replace('sha256:', '')
      const path = join(folder, 'blobs', 'sha256', hex)
      await rm(path)
      const [, artifacts] = await storage.check()
      assert.equal(artifacts?.status, 'failed')
      assert.equal(artifacts.message, `the artifact 1.0.0 lacks ${path}`)
    }))

  it('leaves other artifacts alone', () =>
    withLocal(async ({folder, storage}) => {
      const path = join(folder, 'index.json')
      const index = await readJson<Index>(path)
      const [entry] = index.manifests
      const annotations = {'org.opencontainers.image.ref.name': 'image'}
      const mediaType = 'application/vnd.oci.image.index.v1+json'
      await writeJson(path, {...index, manifests: [entry, {...entry, mediaType, annotations}]})
      assert.equal((await storage.check())[1]?.message, '2 tags, 1 complete artifact')
    }))
})
