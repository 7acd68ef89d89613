import assert from 'node:assert/strict'
import {apply, collectSteps, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, withEngine} from '../support/engines.ts'
import type {TestDatabase} from '../support/engines.ts'

const first = {
  version: '1.0.0',
  files: {
    '0001_a': 'create table a (i int primary key);\n-- the end',
    '0002_b': 'insert into a values (1);\nselect generate_series(1, 10)',
  },
}
const second = {
  version: '1.1.0',
  files: {'0003_c': 'create table c ()', '0004_d': 'create table d ()'},
}

const tables = async ({ask}: TestDatabase) =>
  (await ask("select tablename from pg_tables where schemaname = 'public' order by 1")).map(
    ({tablename}) => tablename,
  )

const wrongBytes = () => Promise.resolve(Buffer.from('drop table important'))

const breakAtRow = ({type}: {type: string}) => {
  if (type === 'migration-done') throw new Error('the display broke')
}

describeEngines('apply', (engine) => {
  it('brings a new database to the newest release, and writes nothing when there is nothing to do', async () => {
    await withEngine(engine, async (database) => {
      const shop = artifact([first, second])
      const result = await apply(database.url, shop)
      assert.deepEqual(
        [result.from, result.to, result.applied, result.skipped],
        [undefined, '1.1.0', ['1.0.0', '1.1.0'], []],
      )
      assert.deepEqual(await tables(database), ['a', 'c', 'd'])
      const rows = `select
        (select count(*)::int from ${schema}.events) as events,
        (select max(xmin::text::bigint)::text from ${schema}.releases) as written`
      const before = await database.ask(rows)
      const {steps, onStep} = collectSteps()
      const again = await apply(database.url, shop, {onStep})
      assert.deepEqual([again.from, again.to, again.applied], ['1.1.0', '1.1.0', []])
      assert.deepEqual(steps, [])
      assert.deepEqual(await database.ask(rows), before)
    })
  })

  it('applies what is new to an older database', async () => {
    await withEngine(engine, async (database) => {
      await apply(database.url, artifact([first]))
      const {applied} = await apply(database.url, artifact([first, second]))
      assert.deepEqual(applied, ['1.1.0'])
      assert.deepEqual(await tables(database), ['a', 'c', 'd'])
    })
  })

  it('leaves a database at the release before when a script fails, and says where', async () => {
    await withEngine(engine, async (database) => {
      const bad = {
        version: '1.2.0',
        files: {
          '0005_e': 'create table e ()',
          '0006_f': 'create table f ()',
          '0007_g': 'create table g (\n  id int,\n  name txt\n);\ncreate table never ();',
          '0008_h': 'create table h ()',
          '0009_i': 'create table i ()',
        },
      }
      await apply(database.url, artifact([first, second]))
      const error = await failureOf(apply(database.url, artifact([first, second, bad])))
      assert.equal(error.code, 'MIGRATION_FAILED')
      assert.equal(error.message, '1.2.0/0007_g.sql:3:8: type "txt" does not exist')
      assert.equal(error.hint, 'Rolled back: the database is still at 1.1.0.')
      const {excerpt, statement, sqlstate} = error.details
      assert.deepEqual([statement, sqlstate], [1, '42704'])
      assert.equal(
        excerpt,
        '  1 | create table g (\n  2 |   id int,\n> 3 |   name txt\n    |        ^\n  4 | );',
      )
      assert.deepEqual(await tables(database), ['a', 'c', 'd'])
      const ledger = await ledgerOf(database.url)
      assert.deepEqual(
        ledger.releases.map(({version}) => version),
        ['1.0.0', '1.1.0'],
      )
      const events = await database.ask(
        `select kind, version, migration, script, statement, file, line, line_column, sqlstate, message
         from ${schema}.events order by id desc limit 1`,
      )
      assert.deepEqual(events, [
        {
          kind: 'failed',
          version: '1.2.0',
          migration: '0007_g',
          script: 'forward',
          statement: 1,
          file: '1.2.0/0007_g.sql',
          line: 3,
          line_column: 8,
          sqlstate: '42704',
          message: 'type "txt" does not exist',
        },
      ])
    })
  })

  it('records the failure of a very first release, and finishes it once it is mended', async () => {
    await withEngine(engine, async (database) => {
      const broken = artifact([{...first, files: {...first.files, '0003_x': 'select oops'}}])
      const error = await failureOf(apply(database.url, broken))
      assert.equal(error.hint, 'Rolled back: the database is still without a release.')
      assert.deepEqual(await tables(database), [])
      const {applied} = await apply(database.url, artifact([first]))
      assert.deepEqual(applied, ['1.0.0'])
      const kinds = await database.ask(`select kind from ${schema}.events order by id`)
      assert.deepEqual(
        kinds.map(({kind}) => kind),
        ['apply', 'failed', 'apply', 'applied'],
      )
    })
  })

  it('keeps whole migrations with a transaction for each, and goes on behind them', async () => {
    await withEngine(engine, async (database) => {
      const files = {
        a: 'create table a ()',
        b: 'create table b ()',
        c: 'select * from missing',
        d: 'create table d ()',
      }
      const release = {version: '1.0.0', files}
      const plan = {transaction: 'migration'} as const
      const error = await failureOf(apply(database.url, artifact([release]), {plan}))
      assert.equal(
        error.hint,
        'Rolled back: the database is without a release and has 2 of the 4 migrations of 1.0.0, where the next apply goes on.',
      )
      assert.deepEqual(await tables(database), ['a', 'b'])
      await database.ask('create table missing (); select 1')
      const {applied} = await apply(database.url, artifact([release]))
      assert.deepEqual(applied, ['1.0.0'])
      assert.deepEqual(await tables(database), ['a', 'b', 'd', 'missing'])
      const [ledger] = (await ledgerOf(database.url)).releases
      assert.equal(ledger?.state, 'applied')
      assert.equal(ledger?.migrations.length, 4)
    })
  })

  it('records a release that has no migrations', async () => {
    await withEngine(engine, async ({url}) => {
      await apply(url, artifact([{version: '1.0.0', files: {}}]))
      const [release] = (await ledgerOf(url)).releases
      assert.deepEqual([release?.state, release?.migrations], ['applied', []])
    })
  })

  it('reports its steps in their order, and the notices of scripts', async () => {
    await withEngine(engine, async ({url}) => {
      const {steps, onStep} = collectSteps()
      const shop = artifact([
        {version: '1.0.0', files: {a: "do $$ begin raise notice 'hi'; end $$", b: 'select 2'}},
      ])
      await apply(url, shop, {onStep})
      assert.deepEqual(
        steps.map(({type}) => type),
        [
          'lock-taken',
          'lock-taken',
          'ledger-created',
          'run-recorded',
          'release-begun',
          'lock-taken',
          'segment-begun',
          'batch-sent',
          'notice',
          'migration-done',
          'migration-done',
          'committing',
          'committed',
          'release-applied',
        ],
      )
      const notice = steps.find((step) => step.type === 'notice')
      assert.equal(notice?.notice.message, 'hi')
      assert.deepEqual(notice?.work, {release: '1.0.0', migrations: ['a', 'b']})
    })
  })

  it('stops where its listener fails, with nothing half done', async () => {
    await withEngine(engine, async (database) => {
      await assert.rejects(
        apply(database.url, artifact([first]), {onStep: breakAtRow}),
        /the display broke/,
      )
      assert.deepEqual(await tables(database), [])
      assert.deepEqual((await ledgerOf(database.url)).releases, [])
    })
  })

  it('sends no bytes that are not those of the artifact', async () => {
    await withEngine(engine, async (database) => {
      const shop = artifact([first])
      const scriptBytes = wrongBytes
      const error = await failureOf(apply(database.url, {...shop, scriptBytes}))
      assert.equal(error.code, 'INTEGRITY')
      assert.deepEqual((await ledgerOf(database.url)).releases, [])
    })
  })
})
