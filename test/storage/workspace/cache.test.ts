import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {chmod, mkdir, readdir, readFile, stat, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Digest} from '../../../src/artifact/digest.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {temporaryPath} from '../../../src/files/write.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {treeOf} from '../folder-facts.ts'

const bytes = Buffer.from('-- a migration\nselect 1;\n')
const hex = createHash('sha256').update(bytes).digest('hex')
const blob = {digest: `sha256:${hex}` as Digest, size: bytes.length}

async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 7) yield content.subarray(at, at + 7)
}

describe('the cache', () => {
  it('keeps a blob under cache/blobs/sha256, for everybody to read and nobody to write', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      assert.deepEqual(await treeOf(folder), {}, 'a folder was made before the first write')
      assert.equal(await cache.write(bytes), blob.digest)
      const path = join(folder, 'cache', 'blobs', 'sha256', hex)
      assert.equal(cache.folder, join(folder, 'cache'))
      assert.equal(cache.pathOf(blob.digest), path)
      assert.ok((await readFile(path)).equals(bytes))
      assert.equal((await stat(path)).mode & 0o222, 0)
    }))

  it('writes a blob that is there already no second time', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      await cache.write(bytes)
      const {ino} = await stat(cache.pathOf(blob.digest))
      await cache.write(bytes)
      assert.equal((await stat(cache.pathOf(blob.digest))).ino, ino)
    }))

  it('knows what it lacks', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      assert.equal(await cache.has(blob), false)
      assert.equal(await cache.intact(blob), false)
      assert.equal(await cache.read(blob.digest), undefined)
      await cache.remove(blob.digest)
      await cache.write(bytes)
      assert.equal(await cache.has(blob), true)
      assert.equal(await cache.has({...blob, size: 1}), false)
      await cache.remove(blob.digest)
      assert.equal(await cache.has(blob), false)
    }))

  it('takes a blob that arrives in pieces', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      await cache.add(blob, pieces(bytes))
      assert.ok((await cache.read(blob.digest))?.equals(bytes))
    }))

  it('takes no blob that was cut anywhere, has more, or has other bytes', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      await mkdir(join(folder, 'cache', 'blobs', 'sha256'), {recursive: true})
      const empty = await treeOf(folder)
      const wrong = [
        ...Array.from(bytes.keys(), (length) => bytes.subarray(0, length)),
        Buffer.concat([bytes, Buffer.from('x')]),
        Buffer.from(bytes).fill('x', 3, 4),
      ]
      for (const content of wrong) {
        await assert.rejects(cache.add(blob, pieces(content)), {code: 'INTEGRITY'})
        assert.deepEqual(await treeOf(folder), empty)
      }
    }))

  it('stops reading what never ends', () =>
    withTempDir(async (folder) => {
      let sent = 0
      const endless = (function* () {
        for (;;) yield Buffer.alloc(++sent && 10)
      })()
      await assert.rejects(openCache(folder).add(blob, endless), {code: 'INTEGRITY'})
      assert.ok(sent < 10, `read ${sent} pieces`)
    }))

  it('leaves nothing of a blob whose sender fails', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const broken = (async function* () {
        yield bytes.subarray(0, 5)
        throw new Error('connection reset')
      })()
      await assert.rejects(cache.add(blob, broken), {message: 'connection reset'})
      assert.deepEqual(await readdir(join(folder, 'cache', 'blobs', 'sha256')), [])
    }))

  it('copies a file and shares nothing with it', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const source = join(folder, 'source')
      await writeFile(source, bytes)
      await cache.addFile(blob, source)
      await writeFile(source, 'damaged later')
      assert.ok((await cache.read(blob.digest))?.equals(bytes))
    }))

  it('takes no file of other content, and names it', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const [source, file] = [join(folder, 'source'), join(folder, 'file')]
      const says = (found: string) => ({
        code: 'INTEGRITY',
        message: `${source} is not the blob ${blob.digest}: ${found}`,
      })
      await assert.rejects(cache.addFile(blob, source), says('no such file'))
      await mkdir(source)
      await assert.rejects(cache.addFile(blob, source), says('not a file'))
      await writeFile(file, bytes.subarray(1))
      await assert.rejects(cache.addFile(blob, file), {message: /: 24 bytes$/})
      await writeFile(file, Buffer.from(bytes).fill('x', 0, 1))
      await assert.rejects(cache.addFile(blob, file), {message: /: other bytes$/})
      assert.equal(await cache.has(blob), false)
      assert.deepEqual(await readdir(join(folder, 'cache', 'blobs', 'sha256')), [])
    }))

  it('sweeps what killed processes left there, once it is old', () =>
    withTempDir(async (folder) => {
      const path = openCache(folder).pathOf(blob.digest)
      const [old, young] = [temporaryPath(path), temporaryPath(path)]
      await mkdir(join(path, '..'), {recursive: true})
      await writeFile(old, '')
      await writeFile(young, '')
      const longAgo = new Date(Date.now() - 2 * 3_600_000)
      await utimes(old, longAgo, longAgo)
      await openCache(folder).write(bytes)
      await assert.rejects(stat(old), {code: 'ENOENT'})
      await stat(young)
    }))
})

describe('a cache above another one', () => {
  it('takes from below what it lacks, when asked for it', () =>
    withTempDir(async (folder) => {
      const below = openCache(join(folder, 'below'))
      await below.write(bytes)
      await chmod(join(below.folder, 'blobs', 'sha256'), 0o555)
      const before = await treeOf(below.folder)
      const above = (name: string) => openCache(join(folder, name), {below: below.folder})
      assert.equal(await above('a').has(blob), true)
      assert.equal(await above('b').intact(blob), true)
      assert.ok((await above('c').read(blob.digest))?.equals(bytes))
      for (const name of ['a', 'b', 'c']) {
        assert.ok((await openCache(join(folder, name)).read(blob.digest))?.equals(bytes))
      }
      assert.deepEqual(await treeOf(below.folder), before)
    }))

  it('takes nothing damaged from there', () =>
    withTempDir(async (folder) => {
      const below = openCache(join(folder, 'below'))
      const path = below.pathOf(blob.digest)
      await mkdir(join(path, '..'), {recursive: true})
      await writeFile(path, Buffer.from(bytes).fill('x', 0, 1))
      const cache = openCache(join(folder, 'above'), {below: below.folder})
      assert.equal(await cache.has(blob), false)
      assert.equal(await cache.intact(blob), false)
      assert.equal(await cache.read(blob.digest), undefined)
      await stat(path)
    }))
})
