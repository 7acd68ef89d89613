import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import {sha256, type Digest} from '../../src/artifact/digest.ts'
import type {Manifest} from '../../src/artifact/manifest.ts'
import {exportVersions, type ExportInput} from '../../src/operations/export.ts'
import {importArchive, importArchives} from '../../src/operations/import.ts'
import {list} from '../../src/operations/list.ts'
import {clearCache} from '../../src/storage/workspace/clear.ts'
import {rejectsWith} from '../support/errors.ts'
import {blobsIn, withWorld, type Machine, type World} from '../support/project.ts'
import {run} from '../support/run.ts'
import {describeWith, tool} from '../support/services.ts'

const one = {'0001_a.sql': 'create table a ();\n'}
const two = {'0002_b.sql': 'create table b ();\n'}

function exportFrom(machine: Machine, input: Partial<ExportInput> = {}) {
  const output = join(machine.folder, 'backups')
  return exportVersions(machine.context, {all: false, force: false, output, ...input})
}

async function exported(machine: Machine, reference: string): Promise<string> {
  const {files} = await exportFrom(machine, {reference})
  return files[0]?.path ?? assert.fail('no file')
}

const importInto = (machine: Machine, path: string) => importArchive(machine.context, path)

async function digestOf(machine: Machine, tag: string): Promise<Digest> {
  const found = await (await machine.context.storage()).resolve(tag)
  return found?.digest ?? assert.fail(`${tag} is not in the storage`)
}

async function readManifest(machine: Machine, digest: Digest): Promise<Manifest> {
  return JSON.parse(await readFile(machine.context.cache.pathOf(digest), 'utf8'))
}

const blobFile = (digest: string) => `blobs/sha256/${digest.slice(7)}`

/** Two releases in the storage, and the machine that made them. */
const withReleases = (story: (dev: Machine, world: World) => Promise<void>) =>
  withWorld(async (world) => {
    const dev = await world.machine('dev')
    await dev.release('1.0.0', one)
    await dev.release('1.1.0', two)
    await story(dev, world)
  })

describe('export', () => {
  it('writes one file that GNU tar lists, with all that the version needs and no more', () =>
    withReleases(async (dev) => {
      const path = await exported(dev, '1.1.0')
      assert.equal(path, join(dev.folder, 'backups/squizzle-v1.1.0.tar.gz'))
      const names = execFileSync('tar', ['-tzf', path]).toString().trim().split('\n')
      const digest = await digestOf(dev, '1.1.0')
      const {config, layers} = await readManifest(dev, digest)
      const blobs = [digest, config.digest, ...layers.map((layer) => layer.digest)]
      assert.deepEqual(names, ['oci-layout', 'index.json', ...blobs.map(blobFile)])
    }))

  it('gives the same bytes wherever it runs', () =>
    withReleases(async (dev, {machine}) => {
      const here = await readFile(await exported(dev, '1.1.0'))
      const there = await readFile(await exported(await machine('ops'), '1.1.0'))
      assert.equal(sha256(here), sha256(there))
      assert.deepEqual([...here.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
    }))

  it('takes without a version what apply would take', () =>
    withReleases(async (dev) => {
      const {files} = await exportFrom(dev)
      assert.deepEqual(
        files.map(({version, why}) => [version, why]),
        [['1.1.0', 'the tag latest']],
      )
    }))

  it('takes all versions of the storage, and the builds that it lacks', () =>
    withReleases(async (dev) => {
      await dev.write({'0003_c.sql': 'create table c ();\n'})
      await dev.build('1.2.0-rc.1')
      await exportFrom(dev, {all: true})
      assert.deepEqual((await readdir(join(dev.folder, 'backups'))).toSorted(), [
        'squizzle-v1.0.0.tar.gz',
        'squizzle-v1.1.0.tar.gz',
        'squizzle-v1.2.0-rc.1.tar.gz',
      ])
    }))

  it('takes all that are intact, then names those that are not', () =>
    withReleases(async (dev, {artifacts}) => {
      const [, damaged] = await dev.releases('1.1.0')
      await dev.write({'0003_c.sql': 'create table c ();\n'})
      await dev.build('1.2.0-rc.1')
      const {layer} = damaged ?? assert.fail('one release')
      await rm(join(artifacts, blobFile(layer)))
      await rm(dev.context.cache.pathOf(layer))
      const error = await rejectsWith('INTEGRITY', () => exportFrom(dev, {all: true}))
      assert.match(error.message, /^2 of 3 versions were not exported: 1\.2\.0-rc\.1, 1\.1\.0$/)
      assert.deepEqual(await readdir(join(dev.folder, 'backups')), ['squizzle-v1.0.0.tar.gz'])
    }))

  it('says so where there is nothing to export', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await rejectsWith('VERSION_NOT_FOUND', () => exportFrom(dev, {all: true}))
    }))

  it('leaves a file alone that holds the version already', () =>
    withReleases(async (dev) => {
      const path = await exported(dev, '1.0.0')
      const {ino, mtimeMs} = await stat(path)
      const {files} = await exportFrom(dev, {reference: '1.0.0'})
      assert.equal(files[0]?.state, 'present')
      const after = await stat(path)
      assert.deepEqual([after.ino, after.mtimeMs], [ino, mtimeMs])
    }))

  it('leaves a file alone that another gzip packed the same content into', () =>
    withReleases(async (dev) => {
      const path = await exported(dev, '1.0.0')
      const repacked = gzipSync(gunzipSync(await readFile(path)), {level: 1})
      await writeFile(path, repacked)
      const {files} = await exportFrom(dev, {reference: '1.0.0'})
      assert.equal(files[0]?.state, 'present')
      assert.deepEqual(await readFile(path), repacked)
    }))

  for (const [what, spoil] of Object.entries<(path: string) => Promise<unknown>>({
    'some other file': (path) => writeFile(path, 'mine'),
    'an export that was cut short': async (path) =>
      writeFile(path, (await readFile(path)).subarray(0, 700)),
    'an export of another version': async (path) =>
      writeFile(path, await readFile(path.replace('1.0.0', '1.1.0'))),
  })) {
    it(`never replaces ${what}, unless forced`, () =>
      withReleases(async (dev) => {
        const path = await exported(dev, '1.0.0')
        await exported(dev, '1.1.0')
        const whole = await readFile(path)
        await spoil(path)
        const spoilt = await readFile(path)
        await rejectsWith('VERSION_EXISTS', () => exportFrom(dev, {reference: '1.0.0'}))
        assert.deepEqual(await readFile(path), spoilt)
        await exportFrom(dev, {reference: '1.0.0', force: true})
        assert.deepEqual(await readFile(path), whole)
      }))
  }

  it('leaves nothing behind where a layer is lost on the way', () =>
    withReleases(async (dev) => {
      await exported(dev, '1.0.0')
      const storage = await dev.context.storage()
      const blind = {...storage, pull: async () => ({blobs: [], bytes: 0})}
      for (const {layer} of await dev.releases('1.1.0')) await rm(dev.context.cache.pathOf(layer))
      const context = {...dev.context, storage: async () => blind}
      const output = join(dev.folder, 'backups')
      await rejectsWith('VERSION_NOT_FOUND', () =>
        exportVersions(context, {reference: '1.1.0', all: false, force: false, output}),
      )
      assert.deepEqual(await readdir(output), ['squizzle-v1.0.0.tar.gz'])
    }))

  it('leaves nothing behind where it is interrupted', () =>
    withReleases(async (dev) => {
      const controller = new AbortController()
      const {cache} = dev.context
      const context = {
        ...dev.context,
        signal: controller.signal,
        cache: {
          ...cache,
          open: async (blob: Parameters<typeof cache.open>[0]) => {
            controller.abort(new Error('stop'))
            return cache.open(blob)
          },
        },
      }
      const output = join(dev.folder, 'backups')
      await assert.rejects(
        exportVersions(context, {reference: '1.1.0', all: false, force: false, output}),
        /stop/,
      )
      assert.deepEqual(await readdir(output), [])
    }))
})

describe('import', () => {
  it('brings a version back byte for byte, as one that was not pushed', () =>
    withReleases(async (dev, {artifacts, machine}) => {
      const path = await exported(dev, '1.1.0')
      const ops = await machine('ops', {storage: join(artifacts, '../elsewhere')})
      const {digest, version, releases} = await importInto(ops, path)
      assert.equal(digest, await digestOf(dev, '1.1.0'))
      assert.deepEqual([version, releases], ['1.1.0', ['1.0.0', '1.1.0']])
      const {versions} = await list(ops.context, {tags: false})
      assert.deepEqual(
        versions.map((found) => [found.version, found.unpushed, found.cached]),
        [['1.1.0', true, true]],
      )
      assert.equal((await ops.push('1.1.0')).digest, digest)
    }))

  it('is kept when the cache is cleared, until it was pushed', () =>
    withReleases(async (dev, {artifacts, machine}) => {
      const path = await exported(dev, '1.0.0')
      const ops = await machine('ops', {storage: join(artifacts, '../elsewhere')})
      await importInto(ops, path)
      const {kept} = await clearCache(ops.context.folder, ops.context.cache)
      assert.deepEqual(
        kept.map(({version, origin}) => [version, origin]),
        [['1.0.0', 'import']],
      )
      await ops.push('1.0.0')
      assert.deepEqual((await clearCache(ops.context.folder, ops.context.cache)).kept, [])
    }))

  it('counts as not pushed even where it once was, for it may have been lost there', () =>
    withReleases(async (dev, {artifacts}) => {
      const path = await exported(dev, '1.0.0')
      await rm(artifacts, {recursive: true})
      await importInto(dev, path)
      const {versions} = await list(dev.context, {tags: false})
      assert.deepEqual(
        versions.map(({version, unpushed}) => [version, unpushed]),
        [['1.0.0', true]],
      )
      await dev.push('1.0.0')
    }))

  it('pushes several files lowest version first, so that latest ends at the highest', () =>
    withReleases(async (dev, {artifacts, machine}) => {
      const paths = [await exported(dev, '1.1.0'), await exported(dev, '1.0.0')]
      const ops = await machine('ops', {storage: join(artifacts, '../elsewhere')})
      const {pushed} = await importArchives(ops.context, {paths, push: true})
      assert.deepEqual(
        pushed.map(({version}) => version),
        ['1.0.0', '1.1.0'],
      )
      const storage = await ops.context.storage()
      assert.equal((await storage.resolve('latest'))?.digest, pushed[1]?.digest)
    }))

  it('can be done again', () =>
    withReleases(async (dev, {machine}) => {
      const path = await exported(dev, '1.0.0')
      const ops = await machine('ops')
      const first = await importInto(ops, path)
      assert.deepEqual(await importInto(ops, path), first)
    }))

  it('heals a blob of the cache that was damaged', () =>
    withReleases(async (dev, {machine}) => {
      const path = await exported(dev, '1.0.0')
      const ops = await machine('ops')
      await importInto(ops, path)
      const [hex = ''] = await blobsIn(ops.context.cache.folder)
      const blob = join(ops.context.cache.folder, 'blobs/sha256', hex)
      const whole = await readFile(blob)
      await chmod(blob, 0o644)
      await writeFile(blob, 'damaged')
      await importInto(ops, path)
      assert.deepEqual(await readFile(blob), whole)
    }))

  it('follows a link that leads to the file', () =>
    withReleases(async (dev, {machine}) => {
      const link = join(dev.folder, 'newest')
      await symlink(await exported(dev, '1.1.0'), link)
      assert.equal((await importInto(await machine('ops'), link)).version, '1.1.0')
    }))

  it('refuses other content than an unpushed build has, and keeps the build', () =>
    withReleases(async (dev, {artifacts, machine}) => {
      const path = await exported(dev, '1.0.0')
      const other = await machine('other', {storage: join(artifacts, '../elsewhere')})
      await other.write({'0001_a.sql': 'create table other ();\n'})
      const {digest} = await other.build('1.0.0')
      await rejectsWith('VERSION_EXISTS', () => importInto(other, path))
      assert.equal((await other.push('1.0.0')).digest, digest)
    }))

  it('refuses other content than a storage is known to have', () =>
    withReleases(async (dev, {artifacts, machine}) => {
      const path = await exported(dev, '1.0.0')
      const other = await machine('other', {storage: join(artifacts, '../elsewhere')})
      await other.release('1.0.0', {'0001_a.sql': 'create table other ();\n'})
      const reader = await machine('reader', {storage: join(artifacts, '../elsewhere')})
      await reader.pull('1.0.0')
      await rejectsWith('VERSION_EXISTS', () => importInto(reader, path))
    }))

  it('refuses what belongs to another project', () =>
    withReleases(async (dev, {machine}) => {
      const path = await exported(dev, '1.0.0')
      const other = await machine('other', {project: 'warehouse'})
      await rejectsWith('OTHER_PROJECT', () => importInto(other, path))
    }))

  it('says what is no file', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await rejectsWith('USAGE', () => importInto(dev, join(dev.folder, 'absent.tar.gz')))
      await rejectsWith('USAGE', () => importInto(dev, dev.folder))
      assert.equal((await run('mkfifo', [join(dev.folder, 'pipe')])).exitCode, 0)
      await rejectsWith('USAGE', () => importInto(dev, join(dev.folder, 'pipe')))
    }))
})

describeWith(['skopeo', 'oras'], 'an exported file, gunzipped', () => {
  it('is read by skopeo and oras, byte for byte', () =>
    withReleases(async (dev) => {
      const archive = join(dev.folder, 'shop.tar')
      await writeFile(archive, gunzipSync(await readFile(await exported(dev, '1.1.0'))))
      const digest = await digestOf(dev, '1.1.0')
      const stored = await readFile(dev.context.cache.pathOf(digest), 'utf8')
      assert.equal(await read('skopeo', 'inspect', '--raw', `oci-archive:${archive}`), stored)
      const fetched = await read('oras', 'manifest', 'fetch', '--oci-layout', `${archive}:1.1.0`)
      assert.equal(fetched, stored)

      const copy = join(dev.folder, 'copy')
      await mkdir(copy)
      await read(
        'skopeo',
        '--insecure-policy',
        'copy',
        '--preserve-digests',
        `oci-archive:${archive}:1.1.0`,
        `oci:${copy}:mine`,
      )
      const {config, layers} = await readManifest(dev, digest)
      const blobs = [digest, config.digest, ...layers.map((layer) => layer.digest)]
      assert.deepEqual(await blobsIn(copy), blobs.map((blob) => blob.slice(7)).toSorted())
    }))

  const read = async (program: 'skopeo' | 'oras', ...args: string[]) => {
    const {exitCode, stdout, stderr} = await run(tool(program), args)
    assert.equal(exitCode, 0, stderr)
    return stdout
  }
})
