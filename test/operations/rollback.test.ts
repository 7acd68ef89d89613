import assert from 'node:assert/strict'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Step} from '../../src/operations/report.ts'
import {rollback} from '../../src/operations/rollback.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {rejectsWith} from '../support/errors.ts'
import {databaseAt, withWorld, type Machine, type World} from '../support/project.ts'
import {describeWith} from '../support/services.ts'

const first = {'0001_a.sql': 'create table a ();', '0001_a.rollback.sql': 'drop table a;'}
const second = {'0002_b.sql': 'create table b ();', '0002_b.rollback.sql': 'drop table b;'}
const third = {'0003_c.sql': 'create table c ();', '0003_c.rollback.sql': 'drop table c;'}

const withDatabase = (story: (world: World, dev: Machine, url: string) => Promise<void>) =>
  withWorld((world) =>
    withTestDatabase('postgres15', async (url) => story(world, await world.machine('dev'), url)),
  )

const ask = (url: string, sql: string) =>
  withClient(url, async (client): Promise<unknown[]> => (await client.query(sql)).rows)

const tables = async (url: string) => {
  const rows = await ask(
    url,
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  )
  return rows.map((row) => (row as {name: string}).name)
}

/** Takes the tag of a version and its manifest out of the storage, as retention does. */
async function expire({artifacts}: World, dev: Machine, version: string): Promise<void> {
  const storage = await dev.context.storage()
  const {digest} = (await storage.resolve(version)) ?? assert.fail(version)
  await storage.remove(version)
  await rm(join(artifacts, 'blobs/sha256', digest.slice('sha256:'.length)))
}

const input = (url: string) => ({
  database: databaseAt(url),
  author: {by: 'tester', host: 'here', toolVersion: '1.2.3'},
  dryRun: false,
  offline: false,
})

describeWith(['postgres15'], 'the SQL of a rollback', () => {
  it("is the artifact's, never that of today's folder", () =>
    withDatabase(async (_, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.apply(url)
      await dev.write({'0002_b.rollback.sql': 'drop table a;', '0001_a.sql': undefined})
      const {undone, artifacts, plan} = await dev.rollback(url)
      assert.deepEqual(undone, ['1.1.0'])
      assert.equal(artifacts.length, 1)
      assert.deepEqual(plan[0]?.segments, [{transaction: true, migrations: ['0002_b']}])
      assert.deepEqual(await tables(url), ['a'])
    }))

  it('comes from the newest artifact that contains the release, where the recorded one is gone', () =>
    withDatabase(async (world, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.apply(url)
      await dev.release('1.2.0', third)
      await expire(world, dev, '1.1.0')
      // it never saw the recorded one
      const ops = await world.machine('ops')
      const notes: string[] = []
      const report = (step: Step) => void (step.type === 'note' && notes.push(step.text))
      const {undone} = await rollback({...ops.context, report}, input(url))
      assert.deepEqual(undone, ['1.1.0'])
      assert.match(notes.join('\n'), /the newest that contains 1\.1\.0/)
      assert.deepEqual(await tables(url), ['a'])
    }))

  it('is refused where no artifact has the release any more, also under its version', () =>
    withDatabase(async (world, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.apply(url)
      await expire(world, dev, '1.1.0')
      const other = await world.machine('other')
      await other.write(first)
      await other.release('1.1.0', {
        '0002_other.sql': 'create table o ();',
        '0002_other.rollback.sql': 'drop table b;',
      })
      const ops = await world.machine('ops')
      const error = await rejectsWith('VERSION_NOT_FOUND', () => ops.rollback(url))
      assert.match(error.message, /^1\.1\.0 of the database is no longer in any artifact/)
      assert.deepEqual(await tables(url), ['a', 'b'])
    }))

  it('comes from the cache while the storage cannot be reached', () =>
    withDatabase(async ({artifacts}, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.apply(url)
      await rm(artifacts, {recursive: true})
      assert.deepEqual((await dev.rollback(url)).undone, ['1.1.0'])
      assert.deepEqual((await dev.rollback(url, undefined, {offline: true})).undone, ['1.0.0'])
      assert.deepEqual(await tables(url), [])
    }))

  it('is not that of another project with the same files', () =>
    withDatabase(async (world, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.apply(url)
      const storage = join(world.artifacts, '../elsewhere')
      const foreign = await world.machine('foreign', {storage, project: 'other'})
      await foreign.release('1.0.0', first)
      await rejectsWith('VERSION_NOT_FOUND', () => foreign.rollback(url))
      assert.deepEqual(await tables(url), ['a'])
    }))
})

describeWith(['postgres15'], 'a rollback', () => {
  it('writes nothing on a dry run', () =>
    withDatabase(async (_, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.apply(url)
      const count = 'select count(*)::int as n from squizzle.events'
      const before = await ask(url, count)
      const {plan, from, to} = await dev.rollback(url, '1.0.0', {dryRun: true})
      assert.deepEqual([from, to, plan.map(({version}) => version)], ['1.1.0', '1.0.0', ['1.1.0']])
      assert.deepEqual(await ask(url, count), before)
      assert.deepEqual(await tables(url), ['a', 'b'])
    }))

  it('says that the tag in use still names what was undone', () =>
    withDatabase(async (_, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.apply(url)
      const {stillNamed} = await dev.rollback(url)
      assert.deepEqual(
        [stillNamed?.tag, stillNamed?.why, stillNamed?.versions],
        ['latest', 'the tag latest', ['1.1.0']],
      )
      await dev.apply(url)
      const storage = await dev.context.storage()
      const descriptor = (await storage.resolve('1.0.0')) ?? assert.fail()
      await storage.tag(descriptor, {name: 'production', mode: 'move'})
      const settings = {...dev.context.settings, target: 'production', environment: 'production'}
      const result = await rollback({...dev.context, settings}, input(url))
      assert.deepEqual([result.undone, result.stillNamed], [['1.1.0'], undefined])
    }))

  it('names the versions of the database where it does not have the one asked for', () =>
    withDatabase(async (_, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.apply(url)
      const error = await rejectsWith('VERSION_NOT_FOUND', () => dev.rollback(url, '0.9.0'))
      assert.match(error.hint ?? '', /It has 1\.0\.0/)
    }))

  it('goes back along the line of its own database where a later release merged a hotfix', () =>
    withDatabase(async ({machine}, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      const fixer = await machine('fixer')
      await fixer.release('1.0.1', {
        ...first,
        '0009_fix.sql': 'create table fix ();',
        '0009_fix.rollback.sql': 'drop table fix;',
      })
      await dev.apply(url, {reference: '1.0.1'})
      await dev.release(
        '1.2.0',
        {
          ...third,
          '0009_fix.sql': 'create table fix ();',
          '0009_fix.rollback.sql': 'drop table fix;',
        },
        {merge: '1.0.1'},
      )
      assert.deepEqual((await dev.apply(url)).applied, ['1.1.0', '1.2.0'])
      assert.deepEqual((await dev.rollback(url, '1.0.1')).undone, ['1.2.0', '1.1.0'])
      assert.deepEqual(await tables(url), ['a', 'fix'])
      assert.deepEqual((await dev.rollback(url)).undone, ['1.0.1'])
    }))

  it('of a release whose file has another name since is that of the release', () =>
    withDatabase(async (_, dev, url) => {
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.release('1.2.0', {
        ...third,
        '0002_b.sql': undefined,
        '0002_b.rollback.sql': undefined,
        '0002_renamed.sql': second['0002_b.sql'],
        '0002_renamed.rollback.sql': 'drop table nothing;',
      })
      await dev.apply(url)
      assert.deepEqual((await dev.rollback(url, '1.0.0')).undone, ['1.2.0', '1.1.0'])
      assert.deepEqual(await tables(url), ['a'])
    }))
})
