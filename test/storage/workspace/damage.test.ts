import assert from 'node:assert/strict'
import {mkdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../../src/files/temp.ts'
import {takeAwayDamaged} from '../../../src/storage/blobs/take-away.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {run} from '../../support/run.ts'
import {treeOf} from '../folder-facts.ts'

const bytes = Buffer.from('0123456789'.repeat(100_000))

type Damage = (path: string, folder: string) => Promise<void>

function rewrite(change: (content: Buffer) => Buffer): Damage {
  return async (path) => {
    const content = await readFile(path)
    await rm(path)
    await writeFile(path, change(content))
  }
}

function flipAt(at: number): Damage {
  return rewrite((content) => content.fill(content[at]! ^ 1, at, at + 1))
}

const damages: Record<string, Damage> = {
  'a flipped bit at its start': flipAt(0),
  'a flipped bit within the first read': flipAt(1000),
  'a flipped bit where two reads meet': flipAt(256 * 1024),
  'a flipped bit in the middle': flipAt(bytes.length / 2),
  'a flipped bit at its end': flipAt(bytes.length - 1),
  'its last byte missing': rewrite((content) => content.subarray(0, -1)),
  'half of it missing': rewrite((content) => content.subarray(0, bytes.length / 2)),
  'nothing left of it': rewrite(() => Buffer.alloc(0)),
  'a byte too many': rewrite((content) => Buffer.concat([content, Buffer.from('0')])),
  'zeros after a power cut': rewrite((content) => content.fill(0, 4096)),
  'the bytes of another blob': rewrite((content) => Buffer.from(content.toReversed())),
  async 'a link to good bytes in its place'(path, folder) {
    await writeFile(join(folder, 'elsewhere'), await readFile(path))
    await rm(path)
    await symlink(join(folder, 'elsewhere'), path)
  },
  async 'a dangling link in its place'(path) {
    await rm(path)
    await symlink('nowhere', path)
  },
  async 'a folder in its place'(path) {
    await rm(path)
    await mkdir(path)
    await writeFile(join(path, 'file'), '')
  },
  async 'a pipe in its place'(path) {
    await rm(path)
    assert.equal((await run('mkfifo', [path])).exitCode, 0)
  },
}

describe('a blob of the cache with', () => {
  for (const [what, damage] of Object.entries(damages)) {
    it(`${what} is taken away and can be stored again`, () =>
      withTempDir(async (folder) => {
        const cache = openCache(folder)
        const digest = await cache.write(bytes)
        const blob = {digest, size: bytes.length}
        const path = cache.pathOf(digest)
        const uses = {
          read: async () => assert.equal(await cache.read(digest), undefined),
          intact: async () => assert.equal(await cache.intact(blob), false),
        }
        for (const use of Object.values(uses)) {
          await damage(path, folder)
          await use()
          await assert.rejects(stat(path), {code: 'ENOENT'})
          await cache.write(bytes)
          assert.ok((await cache.read(digest))?.equals(bytes))
        }
        await damage(path, folder)
        await cache.write(bytes)
        assert.ok((await readFile(path)).equals(bytes))
        await damage(path, folder)
        await cache.add(blob, [bytes])
        assert.ok((await readFile(path)).equals(bytes))
      }))
  }
})

describe('an intact blob', () => {
  it('goes back when it was taken for a damaged one that has just been replaced', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const digest = await cache.write(bytes)
      const before = await treeOf(folder)
      await takeAwayDamaged(cache.pathOf(digest), digest)
      assert.deepEqual(await treeOf(folder), before)
      assert.ok(await cache.intact({digest, size: bytes.length}))
    }))

  it('stays when somebody claims another size for it', () =>
    withTempDir(async (folder) => {
      const cache = openCache(folder)
      const digest = await cache.write(bytes)
      assert.equal(await cache.intact({digest, size: 1}), false)
      assert.ok((await cache.read(digest))?.equals(bytes))
    }))
})
