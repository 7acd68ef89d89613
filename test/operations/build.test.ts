import assert from 'node:assert/strict'
import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {parseVersion} from '../../src/artifact/version.ts'
import {SquizzleError} from '../../src/errors.ts'
import {build} from '../../src/operations/build.ts'
import {push} from '../../src/operations/push.ts'
import {memoryStore} from '../../src/storage/object/memory.ts'
import {objectStorage} from '../../src/storage/object/storage.ts'
import {rejectsWith} from '../support/errors.ts'
import {blobsIn, withWorld} from '../support/project.ts'

const a = {'0001_a.sql': 'create table a ();', '0001_a.rollback.sql': 'drop table a;'}
const b = {'0002_b.sql': 'create table b ();'}
const c = {'0003_c.sql': 'create table c ();'}

const versions = (releases: readonly {version: string}[]) => releases.map(({version}) => version)
const names = (migrations: readonly {name: string}[]) => migrations.map(({name}) => name)

describe('build', () => {
  it('packs what no release has yet, on the highest lower stable version', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', a)
      await dev.release('1.1.0-rc.1', b)
      const result = await dev.build('1.1.0')
      assert.deepEqual(result.after, ['1.0.0'])
      assert.deepEqual(names(result.migrations), ['0002_b'])
      assert.ok(
        result.notes.some((note) => note.includes('1.1.0-rc.1')),
        'the pre-release is mentioned',
      )
    }))

  it('builds on a pre-release only when that is named, and may then add nothing', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', a)
      await dev.release('1.1.0-rc.1', b)
      const {migrations, outcome} = await dev.build('1.1.0', {base: '1.1.0-rc.1'})
      assert.deepEqual([migrations, outcome], [[], 'built'])
      assert.deepEqual(versions(await dev.releases('1.1.0')), ['1.0.0', '1.1.0-rc.1', '1.1.0'])
    }))

  it('says when there is nothing to release, and makes no artifact', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', a)
      const before = await blobsIn(dev.context.cache.folder)
      const result = await dev.build('1.1.0')
      assert.deepEqual([result.outcome, result.released], ['nothing', false])
      assert.deepEqual(await blobsIn(dev.context.cache.folder), before)
      assert.equal((await dev.build('1.1.0', {allowEmpty: true})).outcome, 'built')
    }))

  it('writes nothing on a dry run, and shows the size that a build has', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.write({...a, ...b})
      const dry = await dev.build('1.0.0', {dryRun: true})
      await assert.rejects(blobsIn(dev.context.cache.folder))
      const real = await dev.build('1.0.0')
      assert.deepEqual([dry.size, dry.files, dry.diffId], [real.size, 3, real.diffId])
      const [release] = await dev.releases('1.0.0')
      assert.equal(release?.size, dry.size)
    }))

  it('finds the base on another machine, in the storage', () =>
    withWorld(async ({machine}) => {
      await (await machine('one')).release('1.0.0', a)
      const two = await machine('two')
      await two.write({...a, ...b})
      assert.deepEqual((await two.build('1.1.0')).after, ['1.0.0'])
    }))

  it('replaces an unpushed build of the version, and drops those on top of it', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.write(a)
      await dev.build('1.0.0')
      await dev.write(b)
      await dev.build('1.1.0')
      await dev.write({'0001_a.sql': 'create table a (id int);', '0002_b.sql': undefined})
      const result = await dev.build('1.0.0')
      assert.ok(
        result.notes.some((note) => /dropped.*1\.1\.0/i.test(note)),
        result.notes.join(),
      )
      await rejectsWith('VERSION_NOT_FOUND', () => dev.push('1.1.0'))
      await dev.push('1.0.0')
    }))

  describe('of a version that the storage has', () => {
    it('gives the same artifact again, on another machine and another day', () =>
      withWorld(async ({machine}) => {
        const first = await (await machine('one')).release('1.0.0', a)
        const ci = await machine('ci')
        await ci.write(a)
        const again = await ci.build('1.0.0', {sourceDateEpoch: 1_800_000_000})
        assert.deepEqual([again.outcome, again.digest], ['stored', first.digest])
        assert.equal((await ci.push('1.0.0')).alreadyThere, true)
      }))

    it('builds on the same base as before, though a newer one is there', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.release('1.2.0', b)
        await dev.release('1.1.0', {'0002_b.sql': undefined, ...c})
        const ci = await machine('ci')
        await ci.write({...a, ...b})
        assert.equal((await ci.build('1.2.0')).outcome, 'stored')
      }))

    it('is found in a pre-release alone, where its own tag is gone', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.release('1.1.0-rc.1', b)
        const storage = await dev.context.storage()
        for (const tag of ['1.0.0', 'latest']) await storage.remove(tag)
        const ci = await machine('ci')
        await ci.write({...a, ...b})
        assert.deepEqual((await ci.build('1.1.0')).after, ['1.0.0'])
      }))

    it('is refused with other content', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        const ci = await machine('ci')
        await ci.write({'0001_a.sql': 'create table a (id int);'})
        const error = await rejectsWith('VERSION_EXISTS', () => ci.build('1.0.0'))
        assert.equal(error.exitCode, 5)
        await rejectsWith('VERSION_EXISTS', () => ci.build('1.0.0+build.2'))
      }))

    it('writes its manifest anew where only a newer artifact still contains it', () =>
      withWorld(async ({machine, artifacts}) => {
        const dev = await machine('dev')
        const {digest} = await dev.release('1.0.0', a)
        await dev.release('1.1.0', b)
        await (await dev.context.storage()).remove('1.0.0')
        await rm(join(artifacts, 'blobs/sha256', digest.slice(7)))
        const ci = await machine('ci')
        await ci.write(a)
        const again = await ci.build('1.0.0')
        assert.equal(again.outcome, 'stored')
        assert.deepEqual(versions(await ci.releases('1.0.0')), ['1.0.0'])
      }))
  })

  describe('holds the folder against what was released', () => {
    it('refuses an edited file, naming it, the release and the difference', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        const other = await machine('other')
        await other.write({...a, '0001_a.sql': 'create table a (id int);', ...b})
        const error = await rejectsWith('RELEASED_FILE_EDITED', () => other.build('1.1.0'))
        assert.match(error.message, /0001_a\.sql.*1\.0\.0/)
        assert.match(
          String(error.details['excerpt']),
          /-create table a \(\);\n.*\n?\+create table a \(id int\);/s,
        )
        assert.equal(error.exitCode, 5)
      }))

    it('takes a renamed file for released, and says so', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.write({
          '0001_a.sql': undefined,
          '0001_a.rollback.sql': undefined,
          '0001_accounts.sql': a['0001_a.sql'],
          ...b,
        })
        const result = await dev.build('1.1.0')
        assert.deepEqual(names(result.migrations), ['0002_b'])
        assert.ok(result.notes.some((note) => note.includes('0001_accounts')))
      }))

    it('tells two renamed files with the same bytes apart', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        const sql = 'insert into counter values (1);'
        await dev.release('1.0.0', {'0002_x.sql': sql, '0003_y.sql': sql})
        await dev.write({
          '0002_x.sql': undefined,
          '0003_y.sql': undefined,
          '0002_xx.sql': sql,
          '0003_yy.sql': sql,
        })
        assert.equal((await dev.build('1.1.0')).outcome, 'nothing')
      }))

    it('takes a rename to a repeatable for an edit', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.write({
          '0001_a.sql': undefined,
          '0001_a.rollback.sql': undefined,
          'R__a.sql': a['0001_a.sql'],
        })
        await rejectsWith('RELEASED_FILE_EDITED', () => dev.build('1.1.0'))
      }))

    it('does not miss a released file', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.write({'0001_a.sql': undefined, '0001_a.rollback.sql': undefined, ...b})
        assert.deepEqual(names((await dev.build('1.1.0')).migrations), ['0002_b'])
      }))

    it('packs the same bytes under a new name beside the old one: that is another migration', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', {'0001_a.sql': 'update x set n = n + 1;'})
        await dev.write({'0002_again.sql': 'update x set n = n + 1;'})
        assert.deepEqual(names((await dev.build('1.1.0')).migrations), ['0002_again'])
      }))

    it('warns of a changed rollback or verify script, which stays as released', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.write({
          '0001_a.rollback.sql': 'drop table a cascade;',
          '0001_a.verify.sql': 'select from a;',
          ...b,
        })
        const {warnings} = await dev.build('1.1.0')
        assert.equal(warnings.length, 2)
        assert.match(
          warnings.join('\n'),
          /rollback script of 0001_a has changed.*\n.*verify script of 0001_a is new/,
        )
      }))

    it('knows a released file by its text, CRLF and outer transaction aside', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', {'0001_a.sql': 'BEGIN;\ncreate table a ();\nCOMMIT;\n'})
        await dev.write({'0001_a.sql': 'BEGIN;\r\ncreate table a ();\r\nCOMMIT;\r\n', ...b})
        assert.deepEqual(names((await dev.build('1.1.0')).migrations), ['0002_b'])
      }))

    it('packs a repeatable migration again when its bytes change, and only then', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', {'R__v.sql': 'create or replace view v as select 1;'})
        await dev.write(b)
        assert.deepEqual(names((await dev.build('1.1.0')).migrations), ['0002_b'])
        await dev.write({'R__v.sql': 'create or replace view v as select 2;'})
        assert.deepEqual(names((await dev.build('1.1.0')).migrations), ['0002_b', 'R__v'])
      }))
  })

  describe('where two lines meet', () => {
    it('takes in the hotfix verbatim, before the new release', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.release('1.1.0', b)
        const hotfix = await machine('hotfix')
        await hotfix.write({...a, ...c})
        await hotfix.build('1.0.1')
        await hotfix.push('1.0.1')
        await dev.write({...c, '0004_d.sql': 'create table d ();'})
        const result = await dev.build('1.2.0', {merge: '1.0.1'})
        assert.deepEqual(result.after, ['1.1.0', '1.0.1'])
        assert.deepEqual(names(result.migrations), ['0004_d'])
        assert.ok(result.notes.includes('Merges 1.0.1'), result.notes.join())
        const releases = await dev.releases('1.2.0')
        assert.deepEqual(versions(releases), ['1.0.0', '1.1.0', '1.0.1', '1.2.0'])
        const [own] = (await hotfix.releases('1.0.1')).slice(-1)
        assert.deepEqual(releases[2], own)
      }))

    it('refuses a migration that another line has released, and says which to merge', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        await dev.release('1.1.0', b)
        const hotfix = await machine('hotfix')
        await hotfix.release('1.0.1', {...a, ...c})
        await dev.write(c)
        const error = await rejectsWith('RELEASED_ELSEWHERE', () => dev.build('1.2.0'))
        assert.equal(error.message, '0003_c is released in 1.0.1: build with `--merge 1.0.1`')
        const higher = await rejectsWith('RELEASED_ELSEWHERE', () =>
          hotfix.write(b).then(() => hotfix.build('1.0.2')),
        )
        assert.equal(
          higher.message,
          '0002_b is released in 1.1.0: apply that one, or rename the file',
        )
      }))

    it('refuses to merge what would run one migration twice', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', a)
        const hotfix = await machine('hotfix')
        await hotfix.write({...a, ...c})
        await hotfix.build('1.0.1')
        await dev.release('1.1.0', c)
        await (await machine('third')).pull('1.0.0')
        await hotfix.push('1.0.1')
        await dev.write(b)
        const error = await rejectsWith('RELEASED_ELSEWHERE', () =>
          dev.build('1.2.0', {base: '1.1.0', merge: '1.0.1'}),
        )
        assert.match(error.message, /0003_c is released in 1\.1\.0 and in 1\.0\.1/)
      }))

    it('packs a repeatable migration again that the merged line had packed', () =>
      withWorld(async ({machine}) => {
        const view = 'create or replace view v as select 2;'
        const dev = await machine('dev')
        await dev.release('1.0.0', {'R__v.sql': 'create or replace view v as select 1;'})
        await dev.release('1.1.0', b)
        const hotfix = await machine('hotfix')
        await hotfix.release('1.0.1', {'R__v.sql': view})
        await dev.write({'R__v.sql': view})
        assert.deepEqual(names((await dev.build('1.2.0', {merge: '1.0.1'})).migrations), ['R__v'])
      }))

    it('repeats a build with a merge without being told of it', () =>
      withWorld(async ({machine}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', {...a, 'R__v.sql': 'create or replace view v as select 1;'})
        await dev.release('1.1.0', b)
        const hotfix = await machine('hotfix')
        await hotfix.release('1.0.1', {...a, 'R__v.sql': 'create or replace view v as select 2;'})
        await dev.write({'R__v.sql': 'create or replace view v as select 2;'})
        await dev.build('1.2.0', {merge: '1.0.1'})
        await dev.push('1.2.0')
        const ci = await machine('ci')
        await ci.write({...a, ...b, 'R__v.sql': 'create or replace view v as select 2;'})
        assert.equal((await ci.build('1.2.0')).outcome, 'stored')
      }))

    for (const [merge, code] of [
      ['1.3.0', 'USAGE'],
      ['1.0.1-rc.1', 'USAGE'],
      ['0.9.0', 'VERSION_NOT_FOUND'],
    ] as const) {
      it(`refuses to merge ${merge}`, () =>
        withWorld(async ({machine}) => {
          const dev = await machine('dev')
          await dev.release('1.0.0', a)
          await dev.release('1.0.1-rc.1', b)
          await dev.release('1.3.0', b)
          await rejectsWith(code, () => dev.build('1.2.0', {merge}))
        }))
    }
  })

  it('never builds on less than it knows: a damaged build, a version that the cache lost', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', a)
      await dev.write(b)
      const {digest} = await dev.build('1.1.0')
      await dev.context.cache.remove(digest ?? assert.fail())
      await dev.write(c)
      await rejectsWith('INTEGRITY', () => dev.build('1.2.0'))
      assert.equal((await dev.build('1.1.0')).outcome, 'built', 'building it again mends it')
      const {clearCache} = await import('../../src/storage/workspace/clear.ts')
      await clearCache(dev.context.folder, dev.context.cache, {force: true})
      await rejectsWith('VERSION_NOT_FOUND', () => dev.build('1.2.0', {offline: true}))
    }))

  it('never takes a storage that cannot be asked for an empty one', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      const {storage, goDown} = failingStorage()
      const context = {...dev.context, storage: async () => storage}
      const input = {
        dryRun: false,
        allowEmpty: false,
        noParse: false,
        offline: false,
        toolVersion: '1',
      }
      await dev.write(a)
      await build(context, {...input, version: parseVersion('1.0.0')})
      await push(context, {reference: '1.0.0', tags: [], force: false})
      goDown()
      await dev.write(b)
      const next = {...input, version: parseVersion('1.1.0')}
      const error = await rejectsWith('UNREACHABLE', () => build(context, next))
      assert.equal(error.exitCode, 3)
      const based = await build(context, {...next, base: parseVersion('1.0.0')})
      assert.deepEqual(based.after, ['1.0.0'])
      assert.match(based.warnings.join(), /not checked/)
      assert.deepEqual((await build(context, {...next, offline: true})).after, ['1.0.0'])
    }))

  it('leaves no token of a git remote in the artifact', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.write(a)
      dev.git('init', '-q')
      dev.git('add', '.')
      dev.git('commit', '-qm', 'first')
      dev.git('remote', 'add', 'origin', 'https://ci:ghp_canary@example.com/acme/shop.git')
      const {digest} = await dev.build('1.0.0')
      assert.ok(digest)
      const manifest = await readFile(dev.context.cache.pathOf(digest), 'utf8')
      assert.match(
        manifest,
        /"org\.opencontainers\.image\.source":"https:\/\/example\.com\/acme\/shop\.git"/,
      )
      for (const hex of await blobsIn(dev.context.cache.folder)) {
        assert.ok(
          !(await readFile(join(dev.context.cache.folder, 'blobs/sha256', hex))).includes('canary'),
        )
      }
    }))
})

/** A storage over an object store whose service can go away, as a network does. */
function failingStorage() {
  const store = memoryStore()
  let isDown = false
  const guarded = <T>(work: () => T): T => {
    if (isDown) throw new SquizzleError('UNREACHABLE', 'connection refused')
    return work()
  }
  const storage = objectStorage(
    {
      get: async (key, options) => guarded(() => store.get(key, options)),
      put: async (key, bytes, options) => guarded(() => store.put(key, bytes, options)),
      list: (key, options) => guarded(() => store.list(key, options)),
      delete: async (key, options) => guarded(() => store.delete(key, options)),
    },
    {url: 'memory:failing'},
  )
  return {storage, goDown: () => void (isDown = true)}
}
