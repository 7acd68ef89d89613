import assert from 'node:assert/strict'
import {mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {sweepLeftovers} from '../../src/files/sweep.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {linkOrCopy, temporaryPath, writeFileWhole} from '../../src/files/write.ts'
import {runProcess} from '../support/process.ts'

const writing = new URL('processes/write.ts', import.meta.url)
const dieAt = new URL('../support/die-at.ts', import.meta.url)
const noLinks = new URL('../support/no-links.ts', import.meta.url)

describe('writing a file whole', () => {
  it('makes the folders, replaces what is there and leaves nothing else', () =>
    withTempDir(async (folder) => {
      const path = join(folder, 'a', 'b', 'file')
      assert.equal(await writeFileWhole(path, 'old'), true)
      assert.equal(await writeFileWhole(path, Buffer.from('new')), true)
      assert.equal(await readFile(path, 'utf8'), 'new')
      assert.deepEqual(await readdir(join(folder, 'a', 'b')), ['file'])
    }))

  it('leaves a file that is there alone when asked to', () =>
    withTempDir(async (folder) => {
      const path = join(folder, 'file')
      assert.equal(await writeFileWhole(path, 'first', {ifAbsent: true}), true)
      assert.equal(await writeFileWhole(path, 'second', {ifAbsent: true}), false)
      assert.equal(await readFile(path, 'utf8'), 'first')
      assert.deepEqual(await readdir(folder), ['file'])
    }))

  it('lets one of many processes create a file, with links and without', () =>
    withTempDir(async (folder) => {
      for (const preload of [[], [noLinks]]) {
        const path = join(folder, `file-${preload.length}`)
        const contents = Array.from({length: 6}, (_, one) => `content ${one} `.repeat(1000))
        await Promise.all(
          contents.map((content) => runProcess(writing, [path, content, 'ifAbsent'], {preload})),
        )
        assert.ok(contents.includes(await readFile(path, 'utf8')))
      }
      assert.deepEqual(await readdir(folder), ['file-0', 'file-1'])
    }))

  it('shows the old file or the new one, whenever it is killed', () =>
    withTempDir(async (folder) => {
      const path = join(folder, 'file')
      const [before, after] = ['old '.repeat(5000), 'new '.repeat(5000)]
      let deaths = 0
      for (;;) {
        await writeFileWhole(path, before)
        const env = {DIE_AT: String(deaths + 1)}
        const {code, signal, stderr} = await runProcess(writing, [path, after], {
          preload: [dieAt],
          env,
        })
        const found = await readFile(path, 'utf8')
        if (code === 0) {
          assert.equal(found, after)
          break
        }
        assert.equal(signal, 'SIGKILL', stderr)
        assert.ok(found === before || found === after, `half-written at step ${deaths + 1}`)
        for (const name of await readdir(folder)) {
          assert.ok(name === 'file' || name.startsWith('.tmp-'), name)
          if (name !== 'file') await rm(join(folder, name))
        }
        deaths++
      }
      // mkdir, open, write, flush, close, rename, and the folder's open, flush, close
      assert.ok(deaths >= 6, `only ${deaths} steps were cut`)
    }))

  it('says which file it could not write, and leaves nothing', () =>
    withTempDir(async (folder) => {
      const path = join(folder, 'file')
      await mkdir(path)
      await assert.rejects(writeFileWhole(path, 'text'), {
        code: 'NOT_WRITABLE',
        message: `cannot write ${path}`,
      })
      await writeFile(join(folder, 'plain'), '')
      const below = join(folder, 'plain', 'file')
      await assert.rejects(writeFileWhole(below, 'text'), {code: 'NOT_WRITABLE'})
      assert.deepEqual((await readdir(folder)).toSorted(), ['file', 'plain'])
    }))

  it('makes a file that others cannot write, whatever the umask allows', () =>
    withTempDir(async (folder) => {
      const modes = []
      for (const umask of [0o000, 0o022, 0o077]) {
        const before = process.umask(umask)
        try {
          const path = join(folder, String(umask))
          await writeFileWhole(path, 'text')
          modes.push((await stat(path)).mode & 0o777)
        } finally {
          process.umask(before)
        }
      }
      assert.deepEqual(modes, [0o644, 0o644, 0o600])
    }))

  it('replaces a symbolic link, not what it leads to', () =>
    withTempDir(async (folder) => {
      const [path, target] = [join(folder, 'file'), join(folder, 'target')]
      await writeFile(target, 'precious')
      await symlink(target, path)
      await writeFileWhole(path, 'text')
      assert.equal(await readFile(target, 'utf8'), 'precious')
      assert.equal(await readFile(path, 'utf8'), 'text')
    }))

  it('never replaces through a second name', () =>
    withTempDir(async (folder) => {
      const [path, second] = [join(folder, 'file'), join(folder, 'second')]
      await writeFile(path, 'text')
      await writeFile(second, 'mine')
      await assert.rejects(linkOrCopy(path, second), {code: 'EEXIST'})
      assert.equal(await readFile(second, 'utf8'), 'mine')
    }))
})

describe('leftovers of killed processes', () => {
  it('are swept once they are old, and nothing else is', () =>
    withTempDir(async (folder) => {
      const old = new Date(Date.now() - 61 * 60 * 1000)
      const paths = {
        old: temporaryPath(join(folder, 'a')),
        oldFolder: temporaryPath(join(folder, 'b')),
        young: temporaryPath(join(folder, 'c')),
        other: join(folder, 'tmp-notes'),
      }
      await mkdir(paths.oldFolder)
      await writeFile(join(paths.oldFolder, 'inside'), '')
      for (const path of [paths.old, paths.young, paths.other]) await writeFile(path, '')
      for (const path of [paths.old, paths.oldFolder, paths.other]) await utimes(path, old, old)
      assert.deepEqual(
        (await sweepLeftovers(folder)).toSorted(),
        [paths.old, paths.oldFolder].toSorted(),
      )
      assert.equal((await readdir(folder)).length, 2)
      assert.deepEqual(await sweepLeftovers(join(folder, 'absent')), [])
    }))
})

describe('a temporary folder', () => {
  it('is private and gone after the work, also when it fails', async () => {
    let seen = ''
    const work = withTempDir(async (folder) => {
      seen = folder
      assert.equal((await stat(folder)).mode & 0o777, 0o700)
      await writeFile(join(folder, 'file'), '')
      throw new Error('the work')
    })
    await assert.rejects(work, {message: 'the work'})
    await assert.rejects(stat(seen), {code: 'ENOENT'})
  })

  it('says where none could be made', () =>
    withTempDir(async (folder) => {
      await writeFile(join(folder, 'plain'), '')
      const work = withTempDir(async () => undefined, join(folder, 'plain'))
      await assert.rejects(work, {code: 'NOT_WRITABLE'})
    }))
})
