import assert from 'node:assert/strict'
import {withClient, withTestDatabase} from '../support/database.ts'
import {rejectsWith} from '../support/errors.ts'
import {withWorld, type Machine} from '../support/project.ts'
import {dumpSchema} from '../support/psql.ts'
import {describeWith, postgresServers} from '../support/services.ts'

const first = {
  '0001_a.sql': 'create table a (i int);',
  '0001_a.rollback.sql': 'drop table a;',
  '0001_a.verify.sql': 'select i from a;',
}
const second = {
  '0002_b.sql': 'create index concurrently a_i on a (i);',
  '0002_b.rollback.sql': 'drop index a_i;',
  '0003_c.sql': 'create table c (i int);',
  '0003_c.rollback.sql': 'drop table c;',
  '0003_c.verify.sql': 'select i from c;',
}
const third = {'0004_d.sql': 'create table d ();', '0004_d.rollback.sql': 'drop table d;'}
const byHand = 'create table a (i int); create index a_i on a (i); create table c (i int);'

/** A machine with three releases, and a database that somebody made by hand. */
const withOld = (
  server: (typeof postgresServers)[number],
  sql: string,
  story: (dev: Machine, url: string) => Promise<void>,
) =>
  withWorld(({machine}) =>
    withTestDatabase(server, async (url) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', second)
      await dev.release('1.2.0', third)
      if (sql !== '') await ask(url, sql)
      await story(dev, url)
    }),
  )

const ask = (url: string, sql: string) =>
  withClient(url, async (client): Promise<unknown[]> => (await client.query(sql)).rows)

const ledgerOf = (url: string) =>
  ask(url, 'select version, state, origin from squizzle.releases order by position')

const adopted = (...versions: string[]) =>
  versions.map((version) => ({version, state: 'applied', origin: 'baseline'}))

for (const server of postgresServers) {
  describeWith([server], `a baseline on ${server}`, () => {
    it('records what is there without running it, and apply goes on from it', () =>
      withOld(server, byHand, async (dev, url) => {
        const refused = await rejectsWith('DATABASE_NOT_EMPTY', () => dev.apply(url))
        assert.match(refused.hint ?? '', /squizzle baseline/)
        const {recorded, scripts} = await dev.baseline(url, '1.1.0')
        assert.deepEqual(recorded, ['1.0.0', '1.1.0'])
        assert.deepEqual(
          scripts.map(({passed}) => passed),
          [true, true],
        )
        assert.deepEqual(await ledgerOf(url), adopted('1.0.0', '1.1.0'))
        const events = 'select kind, version, details from squizzle.events order by id'
        const details = {releases: ['1.0.0', '1.1.0']}
        assert.deepEqual(await ask(url, events), [{kind: 'baseline', version: '1.1.0', details}])
        assert.deepEqual((await dev.verify(url, '1.1.0')).scripts.length, 2)
        assert.deepEqual((await dev.apply(url)).applied, ['1.2.0'])
        const {releases} = await dev.status(url)
        assert.deepEqual(
          releases.map(({origin}) => origin),
          ['baseline', 'baseline', 'run'],
        )
      }))
  })
}

describeWith(['postgres15', 'pg_dump'], 'a baseline', () => {
  it('is refused where a verify script fails, and then nothing is written', () =>
    withOld('postgres15', 'create table a (i int);', async (dev, url) => {
      const before = await dumpSchema(url)
      const error = await rejectsWith('VERIFY_FAILED', () => dev.baseline(url, '1.1.0'))
      assert.match(error.message, /1\.1\.0\/0003_c\.verify\.sql:1:15: relation "c"/)
      assert.equal(await dumpSchema(url), before)
      assert.deepEqual((await dev.baseline(url, '1.0.0')).recorded, ['1.0.0'])
      assert.deepEqual((await dev.apply(url, {reference: '1.1.0'})).applied, ['1.1.0'])
    }))

  it('writes nothing on a dry run, and nothing the second time', () =>
    withOld('postgres15', byHand, async (dev, url) => {
      const before = await dumpSchema(url)
      const {plan, recorded} = await dev.baseline(url, '1.1.0', {dryRun: true})
      assert.deepEqual([plan, recorded], [['1.0.0', '1.1.0'], []])
      assert.equal(await dumpSchema(url), before)
      await dev.baseline(url, '1.1.0')
      const count = 'select count(*)::int as n from squizzle.events'
      assert.deepEqual(await ask(url, count), [{n: 1}])
      assert.deepEqual((await dev.baseline(url, '1.1.0')).plan, [])
      assert.deepEqual((await dev.baseline(url, '1.0.0')).plan, [])
      assert.deepEqual(await ask(url, count), [{n: 1}])
    }))

  it('is taken by an empty ledger only, of a database that is not empty', () =>
    withOld('postgres15', '', async (dev, url) => {
      await rejectsWith('USAGE', () => dev.baseline(url, '1.0.0'))
      await dev.apply(url, {reference: '1.0.0'})
      const error = await rejectsWith('DATABASE_NOT_EMPTY', () => dev.baseline(url, '1.1.0'))
      assert.match(error.message, /the database is at 1\.0\.0/)
      assert.deepEqual(await ledgerOf(url), [{version: '1.0.0', state: 'applied', origin: 'run'}])
    }))

  it('cannot be rolled back, what was applied on it can', () =>
    withOld('postgres15', byHand, async (dev, url) => {
      await dev.baseline(url, '1.1.0')
      await dev.apply(url)
      assert.deepEqual((await dev.rollback(url)).undone, ['1.2.0'])
      const error = await rejectsWith('ROLLBACK_FAILED', () => dev.rollback(url))
      assert.match(error.message, /^1\.1\.0 cannot be rolled back: it was not run here/)
      assert.deepEqual(await ledgerOf(url), adopted('1.0.0', '1.1.0'))
      await ask(url, 'select i from c')
    }))

  it('of ten at once is recorded once', () =>
    withOld('postgres15', byHand, async (dev, url) => {
      const runs = Array.from({length: 10}, () => dev.baseline(url, '1.1.0'))
      const recorded = (await Promise.all(runs)).flatMap((result) => result.recorded)
      assert.deepEqual(recorded, ['1.0.0', '1.1.0'])
      assert.deepEqual(await ledgerOf(url), adopted('1.0.0', '1.1.0'))
    }))
})
