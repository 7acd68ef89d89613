import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {diff} from '../../src/operations/diff.ts'
import {list} from '../../src/operations/list.ts'
import {show} from '../../src/operations/show.ts'
import {tag} from '../../src/operations/tag.ts'
import {pull} from '../../src/operations/pull.ts'
import {push} from '../../src/operations/push.ts'
import {SquizzleError} from '../../src/errors.ts'
import {clearCache} from '../../src/storage/workspace/clear.ts'
import {rejectsWith} from '../support/errors.ts'
import {blobsIn, openLocal, withWorld, type World} from '../support/project.ts'

const a = {'0001_a.sql': 'create table a ();'}
const b = {'0002_b.sql': 'create table b ();'}
const c = {'0003_c.sql': 'create table c ();'}

async function threeReleases({machine}: World) {
  const dev = await machine('dev')
  await dev.release('1.0.0', a)
  await dev.release('1.1.0', b)
  await dev.release('1.2.0', c)
  return dev
}

describe('push', () => {
  it('uploads one layer, one config and one manifest for a release on top of others', () =>
    withWorld(async ({machine, artifacts}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', a)
      const before = await blobsIn(artifacts)
      const {uploaded, tags, reference} = await dev.release('1.1.0', b)
      assert.equal((await blobsIn(artifacts)).length, before.length + 3)
      assert.equal(uploaded.blobs, 3)
      assert.deepEqual(tags, ['1.1.0', 'latest'])
      assert.equal(reference, `${artifacts}:1.1.0`)
    }))

  it('moves latest along the highest stable version only', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      const {digest} = await dev.release('1.1.0', a)
      assert.deepEqual((await dev.release('1.2.0-rc.1', b)).tags, ['1.2.0-rc.1'])
      await dev.write({'0002_b.sql': undefined})
      const hotfix = await dev.release('1.0.1', {
        '0001_a.sql': undefined,
        '0009_x.sql': 'select 1;',
      })
      assert.deepEqual(hotfix.tags, ['1.0.1'])
      const storage = await dev.context.storage()
      assert.equal((await storage.resolve('latest'))?.digest, digest)
    }))

  it('sets the tags that were asked for, also on what is already there', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      const {digest} = await dev.release('1.0.0', a)
      const again = await dev.push('1.0.0', {tags: ['prod-1.0.0', 'staging']})
      assert.deepEqual([again.alreadyThere, again.uploaded.blobs], [true, 0])
      const storage = await dev.context.storage()
      for (const name of ['prod-1.0.0', 'staging'])
        assert.equal((await storage.resolve(name))?.digest, digest)
      await rejectsWith('USAGE', () => dev.push('1.0.0', {tags: ['2.0.0']}))
      await rejectsWith('USAGE', () => dev.push('1.0.0', {tags: ['-x']}))
    }))

  it('never replaces a version, unless forced, and then not one that others are built on', () =>
    withWorld(async ({machine, artifacts}) => {
      const dev = await machine('dev')
      const other = await machine('other')
      await other.write({'0001_a.sql': 'create table a (id int);'})
      await other.build('1.0.0')
      const {digest} = await dev.release('1.0.0', a)
      const error = await rejectsWith('VERSION_EXISTS', () => other.push('1.0.0'))
      assert.equal(error.exitCode, 5)
      const storage = await openLocal(artifacts)
      assert.equal((await storage.resolve('1.0.0'))?.digest, digest)
      await other.push('1.0.0', {force: true})
      assert.notEqual((await storage.resolve('1.0.0'))?.digest, digest)

      const third = await machine('third')
      await third.write(a)
      await third.build('1.0.0', {offline: true})
      await other.release('1.1.0', b)
      const refused = await rejectsWith('VERSION_EXISTS', () => third.push('1.0.0', {force: true}))
      assert.match(refused.message, /1\.1\.0 .* is built on the 1\.0\.0/)
    }))

  it('refuses other content under a version that only newer artifacts contain', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', a)
      await dev.release('1.1.0-rc.1', b)
      await (await dev.context.storage()).remove('1.0.0')
      const other = await machine('other')
      await other.write({'0001_a.sql': 'create table a (id int);'})
      await other.build('1.0.0', {offline: true})
      await rejectsWith('VERSION_EXISTS', () => other.push('1.0.0'))
      await rejectsWith('VERSION_EXISTS', () => other.push('1.0.0', {force: true}))
    }))

  it('leaves latest at the highest version, whoever of two comes last', () =>
    withWorld(async ({machine}) => {
      const [dev, fixer] = [await machine('dev'), await machine('fixer')]
      await dev.release('1.0.0', a)
      for (let round = 1; round <= 8; round += 1) {
        const [low, high] = [`1.0.${round}`, `1.${round}.0`]
        await fixer.write({...a, [`1${round}00_f.sql`]: `create table f${round} ();`})
        await dev.write({[`2${round}00_d.sql`]: `create table d${round} ();`})
        await fixer.build(low, {offline: round === 1, ...(round > 1 && {base: `1.0.${round - 1}`})})
        await dev.build(high, {offline: round === 1, ...(round > 1 && {base: `1.${round - 1}.0`})})
        await Promise.all([dev.push(high), fixer.push(low)])
        const storage = await dev.context.storage()
        const [latest, highest] = await Promise.all([
          storage.resolve('latest'),
          storage.resolve(high),
        ])
        assert.equal(latest?.digest, highest?.digest, `round ${round}`)
      }
    }))

  it('refuses what is built on other content than the storage has', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.write({'0001_a.sql': 'create table a (id int);'})
      await dev.build('1.0.0')
      await dev.write(b)
      await dev.build('1.1.0')
      await (await machine('other')).release('1.0.0', a)
      const error = await rejectsWith('DIVERGED', () => dev.push('1.1.0'))
      assert.match(error.hint ?? '', /Build 1\.1\.0 again/)
    }))

  it('refuses another project', () =>
    withWorld(async ({machine}) => {
      await (await machine('one')).release('1.0.0', a)
      const two = await machine('two', {project: 'blog'})
      await two.write(b)
      await rejectsWith('OTHER_PROJECT', () => two.build('2.0.0'))
      const three = await machine('three', {project: 'blog'})
      await three.write(b)
      await three.build('2.0.0', {offline: true})
      await rejectsWith('OTHER_PROJECT', () => three.push('2.0.0'))
    }))

  it('says what to do where there is nothing to push', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      const error = await rejectsWith('VERSION_NOT_FOUND', () => dev.push('1.0.0'))
      assert.deepEqual([error.exitCode, error.hint], [2, 'Build, pull or import it first.'])
    }))

  it('carries a version to another storage, fetching the layers that are not here', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      await clearCache(dev.context.folder, dev.context.cache)
      await show(dev.context, '1.2.0')
      const backup = join(dev.folder, 'backup')
      const storage = await openLocal(backup)
      const context = {
        ...dev.context,
        storage: async () => storage,
        openStorage: async (url: string) => openLocal(url.slice('file:'.length)),
      }
      const {digest} = await push(context, {reference: '1.2.0', tags: [], force: false})
      await rm(world.artifacts, {recursive: true})
      const elsewhere = await world.machine('elsewhere', {storage: backup})
      assert.equal((await elsewhere.pull('1.2.0')).digest, digest)
    }))
})

describe('pull', () => {
  it('copies one layer where the version before is in the cache', () =>
    withWorld(async (world) => {
      await threeReleases(world)
      const ops = await world.machine('ops')
      await ops.pull('1.1.0')
      const before = await blobsIn(ops.context.cache.folder)
      // What the cache has is taken away from the storage: asking for it again would fail.
      for (const hex of before) await rm(join(world.artifacts, 'blobs/sha256', hex))
      await ops.pull('1.2.0')
      assert.equal((await blobsIn(ops.context.cache.folder)).length, before.length + 3)
    }))

  it('needs no old version: their tags and manifests may be gone', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      const storage = await dev.context.storage()
      for (const version of ['1.0.0', '1.1.0']) {
        const descriptor = await storage.resolve(version)
        await storage.remove(version)
        await rm(
          join(world.artifacts, 'blobs/sha256', descriptor?.digest.slice(7) ?? assert.fail()),
        )
      }
      const ops = await world.machine('ops')
      await ops.pull()
      assert.deepEqual(
        (await ops.releases('1.2.0')).map(({version}) => version),
        ['1.0.0', '1.1.0', '1.2.0'],
      )
      assert.deepEqual(
        (await ops.releases('1.1.0')).map(({version}) => version),
        ['1.0.0', '1.1.0'],
      )
    }))

  it('fetches a damaged blob again', () =>
    withWorld(async (world) => {
      await threeReleases(world)
      const ops = await world.machine('ops')
      await ops.pull('1.2.0')
      const blobs = join(ops.context.cache.folder, 'blobs/sha256')
      for (const hex of await blobsIn(ops.context.cache.folder)) {
        const bytes = await readFile(join(blobs, hex))
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
        await rm(join(blobs, hex))
        await writeFile(join(blobs, hex), bytes)
        await ops.pull('1.2.0')
        const healed = execFileSync('sha256sum', [join(blobs, hex)]).toString()
        assert.ok(healed.startsWith(hex), `${hex} was left damaged`)
      }
    }))

  it('leaves the files that people look for', () =>
    withWorld(async (world) => {
      await threeReleases(world)
      const ops = await world.machine('ops')
      await ops.pull('1.1.0')
      const layer = await readFile(join(ops.folder, '.squizzle/cache/artifacts/1.1.0.tar.gz'))
      assert.match(
        execFileSync('tar', ['-tz'], {input: layer}).toString(),
        /^1\.1\.0\/0002_b\.sql$/m,
      )
      const manifest = JSON.parse(
        await readFile(join(ops.folder, '.squizzle/cache/manifests/1.1.0.json'), 'utf8'),
      )
      assert.equal(manifest.layers.length, 2)
    }))

  it('writes the SQL of all releases as a tree to read', () =>
    withWorld(async (world) => {
      await threeReleases(world)
      const ops = await world.machine('ops')
      const output = join(ops.folder, 'sql')
      await pull(ops.context, {reference: '1.1.0', output})
      assert.equal(await readFile(join(output, '1.0.0/0001_a.sql'), 'utf8'), a['0001_a.sql'])
      assert.equal(await readFile(join(output, '1.1.0/0002_b.sql'), 'utf8'), b['0002_b.sql'])
      await pull(ops.context, {reference: '1.1.0', output})
    }))

  it('says the same of a time that is over, whichever question took it', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      const late = new SquizzleError('TIMEOUT', 'timeout reading the storage', {hint: '--timeout'})
      const slow = {...(await dev.context.storage()), resolve: () => Promise.reject(late)}
      const context = {...dev.context, storage: async () => slow}
      const pulled = await rejectsWith('TIMEOUT', () => pull(context, {reference: '1.0.0'}))
      assert.deepEqual([pulled.message, pulled.hint], ['timeout pulling artifact', '--timeout'])
      const pushed = await rejectsWith('TIMEOUT', () =>
        push(context, {reference: '1.0.0', tags: [], force: false}),
      )
      assert.equal(pushed.message, 'timeout pushing artifact')
    }))

  it('leaves a file alone that somebody changed, and says so', () =>
    withWorld(async (world) => {
      await threeReleases(world)
      const ops = await world.machine('ops')
      const output = join(ops.folder, 'sql')
      await pull(ops.context, {reference: '1.1.0', output})
      const edited = join(output, '1.0.0/0001_a.sql')
      await writeFile(edited, 'create table mine ();')
      const again = () => pull(ops.context, {reference: '1.1.0', output})
      const error = await rejectsWith('VERSION_EXISTS', again)
      assert.ok(error.message.includes(edited))
      assert.equal(await readFile(edited, 'utf8'), 'create table mine ();')
    }))

  it('says where a tree cannot be written', () =>
    withWorld(async (world) => {
      await threeReleases(world)
      const ops = await world.machine('ops')
      const output = join(ops.folder, 'file')
      await writeFile(output, '')
      await rejectsWith('NOT_WRITABLE', () => pull(ops.context, {reference: '1.1.0', output}))
    }))

  it('names the nearest versions where there is no such one', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      const error = await rejectsWith('VERSION_NOT_FOUND', () => dev.pull('1.0.1'))
      assert.match(error.message, /^version 1\.0\.1 not found in file:/)
      assert.match(error.hint ?? '', /1\.0\.0/)
      assert.equal(error.exitCode, 2)
    }))

  it('refuses to choose between a stored version and an unpushed build of other content', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.write(a)
      const built = await dev.build('1.0.0')
      const other = await (await machine('other')).release('1.0.0', b)
      const error = await rejectsWith('VERSION_EXISTS', () => dev.pull('1.0.0'))
      assert.ok(
        error.message.includes(String(built.digest)) && error.message.includes(other.digest),
      )
    }))
})

describe('without a version', () => {
  it('takes the target, else latest, else the highest stable one, and says why', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      assert.deepEqual(await chosen(dev.context), ['1.2.0', 'the tag latest'])
      await (await dev.context.storage()).remove('latest')
      assert.deepEqual(await chosen(dev.context), ['1.2.0', 'the highest stable version'])
      await tag(dev.context, '1.0.0', 'production')
      const settings = {...dev.context.settings, target: 'production', environment: 'production'}
      assert.deepEqual(await chosen({...dev.context, settings}), [
        '1.0.0',
        'the target of production',
      ])
      const missing = {...settings, target: 'staging'}
      await rejectsWith('VERSION_NOT_FOUND', () => chosen({...dev.context, settings: missing}))
    }))

  it('names the pre-releases where there is nothing else', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0-rc.1', a)
      const error = await rejectsWith('VERSION_NOT_FOUND', () => dev.pull())
      assert.match(error.hint ?? '', /1\.0\.0-rc\.1/)
    }))

  async function chosen(context: Parameters<typeof show>[0]) {
    const {version, why} = await show(context, undefined)
    return [version, why]
  }
})

describe('list', () => {
  it('shows versions newest first, whatever other tags there are', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      await dev.release('1.10.0', {'0010_j.sql': 'select 1;'})
      await tag(dev.context, '1.1.0', 'production')
      await tag(dev.context, '1.1.0', `sha256-${'0'.repeat(64)}.sig`)
      await (await dev.context.storage()).remove('1.0.0')
      await dev.write({'0011_k.sql': 'select 1;'})
      await dev.build('2.0.0')
      const {versions, tags} = await list(dev.context, {tags: true})
      assert.deepEqual(tags, ['latest', 'production'])
      assert.deepEqual(
        versions.map((one) => [one.version, one.tagged, one.unpushed, one.tags?.join() ?? '']),
        [
          ['2.0.0', false, true, ''],
          ['1.10.0', true, false, 'latest'],
          ['1.2.0', true, false, ''],
          ['1.1.0', true, false, 'production'],
          ['1.0.0', false, false, ''],
        ],
      )
    }))

  it('goes on past a version whose artifact is damaged, and names it', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      const {digest} = (await (await dev.context.storage()).resolve('1.2.0'))!
      const path = join(world.artifacts, 'blobs/sha256', digest.slice('sha256:'.length))
      await writeFile(
        path,
        (await readFile(path, 'utf8')).replace('schemaVersion', 'schemaversion'),
      )
      const {versions, damaged} = await list((await world.machine('ops')).context, {tags: false})
      assert.deepEqual(
        versions.map((one) => [one.version, one.created !== undefined]),
        [
          ['1.2.0', false],
          ['1.1.0', true],
          ['1.0.0', true],
        ],
      )
      assert.deepEqual(
        damaged.map(({version}) => version),
        ['1.2.0'],
      )
      assert.ok(damaged[0]?.reason.includes(digest.slice('sha256:'.length)), damaged[0]?.reason)
    }))

  it('of a storage that does not exist yet is empty', () =>
    withWorld(async ({machine}) => {
      assert.deepEqual((await list((await machine('dev')).context, {tags: false})).versions, [])
    }))
})

describe('diff', () => {
  it('shows the migrations between two versions, and of two lines both sides', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      const forth = await diff(dev.context, '1.0.0', 'latest')
      assert.deepEqual(
        forth.added.map(({version, migrations}) => [version, migrations[0]?.name]),
        [
          ['1.1.0', '0002_b'],
          ['1.2.0', '0003_c'],
        ],
      )
      const back = await diff(dev.context, '1.2.0', '1.0.0')
      assert.deepEqual(
        back.removed.map(({version}) => version),
        ['1.1.0', '1.2.0'],
      )
      assert.ok((await diff(dev.context, '1.2.0', 'latest')).same)
    }))
})

describe('tag', () => {
  it('moves a name, also to a version that only a newer artifact contains', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      const storage = await dev.context.storage()
      await tag(dev.context, '1.1.0', 'production')
      const moved = await tag(dev.context, '1.2.0', 'production')
      assert.equal(moved.before, (await storage.resolve('1.1.0'))?.digest)
      await storage.remove('1.0.0')
      await tag(dev.context, '1.0.0', 'old')
      assert.deepEqual(
        (await dev.releases('old')).map(({version}) => version),
        ['1.0.0'],
      )
    }))

  it('never sets a version: only a push does', () =>
    withWorld(async (world) => {
      const dev = await threeReleases(world)
      await rejectsWith('USAGE', () => tag(dev.context, '1.0.0', '2.0.0'))
      await rejectsWith('USAGE', () => tag(dev.context, '1.0.0', 'v2.0.0'))
    }))
})
