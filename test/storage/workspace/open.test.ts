import assert from 'node:assert/strict'
import {chmod, mkdir, readdir, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Digest} from '../../../src/artifact/digest.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {withWorkspace} from '../../../src/storage/workspace/open.ts'
import {recordSeen} from '../../../src/storage/workspace/seen.ts'
import {runProcess} from '../../support/process.ts'
import {treeOf} from '../folder-facts.ts'

const using = new URL('../processes/use-workspace.ts', import.meta.url)

/** A workspace with one blob and one tag seen, and a folder for temporary files, both under `root`. */
async function withPlaces(
  work: (places: {
    root: string
    folder: string
    tmp: string
    digest: Digest
    use: (writable: 'required' | 'optional') => Promise<Record<string, unknown>>
  }) => Promise<void>,
): Promise<void> {
  await withTempDir(async (root) => {
    const [folder, tmp] = [join(root, '.squizzle'), join(root, 'tmp')]
    await chmod(root, 0o755)
    await mkdir(tmp)
    await chmod(tmp, 0o777)
    const digest = await openCache(folder).write(Buffer.from('select 1'))
    await recordSeen(folder, 'file:/srv', {latest: digest})
    const use = async (writable: string) => {
      const {code, stdout, stderr} = await runProcess(using, [folder, writable, tmp, digest])
      assert.equal(code, 0, stderr)
      return JSON.parse(stdout) as Record<string, unknown>
    }
    await work({root, folder, tmp, digest, use})
  })
}

/** Every folder there, so that nothing below can be written; and back. */
async function setModes(folder: string, mode: number): Promise<void> {
  await chmod(folder, 0o755)
  for (const [path, kind] of Object.entries(await treeOf(folder))) {
    if (kind === 'folder') await chmod(join(folder, path), mode)
  }
  await chmod(folder, mode)
}

describe('a workspace', () => {
  it('is used where it is, and no folder is made before something is written', () =>
    withTempDir(async (root) => {
      const folder = join(root, 'a', '.squizzle')
      const seen = await withWorkspace(folder, {writable: 'required'}, async (workspace) => {
        assert.deepEqual(await treeOf(root), {})
        await workspace.cache.write(Buffer.from('text'))
        return workspace
      })
      assert.deepEqual([seen.folder, seen.isPrivate], [folder, false])
      assert.equal((await readdir(join(folder, 'cache', 'blobs', 'sha256'))).length, 1)
    }))

  it('that cannot be written has a private stand-in with all that it knows, gone afterwards', () =>
    withPlaces(async ({folder, tmp, digest, use}) => {
      await setModes(folder, 0o555)
      const before = await treeOf(folder)
      const outcome = await use('optional')
      assert.equal(outcome['isPrivate'], true)
      assert.equal(outcome['blob'], 'select 1')
      assert.equal(outcome['seen'], digest)
      assert.ok(String(outcome['folder']).startsWith(join(tmp, 'squizzle-')))
      assert.deepEqual(await readdir(tmp), [])
      assert.deepEqual(await treeOf(folder), before)
      await setModes(folder, 0o755)
    }))

  it('that cannot be written is refused where something must stay', () =>
    withPlaces(async ({folder, tmp, use}) => {
      await setModes(folder, 0o555)
      assert.deepEqual(await use('required'), {
        code: 'NOT_WRITABLE',
        message: `cannot write ${folder}`,
        hint: `Mount a writable folder at ${folder}, or name one with SQUIZZLE_CACHE_DIR.`,
      })
      assert.deepEqual(await readdir(tmp), [])
      await setModes(folder, 0o755)
    }))

  it('of which one folder cannot be written is not half used', () =>
    withPlaces(async ({folder, use}) => {
      const blobs = join(folder, 'cache', 'blobs', 'sha256')
      await setModes(folder, 0o777)
      await chmod(blobs, 0o555)
      assert.equal((await use('required'))['message'], `cannot write ${blobs}`)
      assert.equal((await use('optional'))['isPrivate'], true)
      await setModes(folder, 0o755)
    }))

  it('needs one writable place', () =>
    withPlaces(async ({folder, tmp, use}) => {
      await setModes(folder, 0o555)
      await chmod(tmp, 0o555)
      const {code, message} = await use('optional')
      assert.equal(code, 'NOT_WRITABLE')
      assert.equal(message, `cannot write ${folder}, nor ${tmp}`)
      await setModes(folder, 0o755)
      await chmod(tmp, 0o755)
    }))

  it('that is a file is no workspace', () =>
    withTempDir(async (root) => {
      const [folder, tmp] = [join(root, '.squizzle'), join(root, 'tmp')]
      await writeFile(folder, '')
      await mkdir(tmp)
      const work = async () => undefined
      const required = withWorkspace(folder, {writable: 'required', tmp}, work)
      await assert.rejects(required, {code: 'NOT_WRITABLE'})
      await withWorkspace(folder, {writable: 'optional', tmp}, async (workspace) => {
        assert.ok(workspace.isPrivate)
        assert.equal((await stat(workspace.folder)).mode & 0o777, 0o700)
      })
    }))

  it('that is private goes also when the work fails', () =>
    withTempDir(async (root) => {
      const [folder, tmp] = [join(root, '.squizzle'), join(root, 'tmp')]
      await writeFile(folder, '')
      await mkdir(tmp)
      const work = withWorkspace(folder, {writable: 'optional', tmp}, async ({cache}) => {
        await cache.write(Buffer.from('text'))
        throw new Error('the work')
      })
      await assert.rejects(work, {message: 'the work'})
      assert.deepEqual(await readdir(tmp), [])
    }))
})
