import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {apply, collectSteps, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'
import type {TestDatabase} from '../support/engines.ts'
import {rollback} from '../support/rollback.ts'

const table = (name: string) => ({
  sql: `create table ${name} (i int)`,
  rollback: `drop table ${name}`,
})
const view = (answer: number) => ({
  sql: `create or replace view answer as select ${answer} as n`,
  rollback: 'drop view answer',
})
const first = {version: '1.0.0', files: {'0001_a': table('a'), '0002_b': table('b')}}
const second = {version: '1.1.0', files: {'0003_c': table('c'), R__answer: view(1)}}
const third = {version: '1.2.0', files: {'0004_d': table('d'), R__answer: view(2)}}
const shop = artifact([first, second, third])

const relations = async ({ask}: TestDatabase) =>
  (
    await ask(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by 1",
    )
  ).map(({relname}) => relname)

const versions = async ({url}: TestDatabase) =>
  (await ledgerOf(url)).releases.map(({version, state, migrations}) =>
    [version, state, migrations.length].join(' '),
  )

describeEngines('rollback', (engine) => {
  it('undoes the newest release with its ledger rows, and says so in an event', async () => {
    await withEngine(engine, async (database) => {
      const {url, ask} = database
      await apply(url, shop)
      const {steps, onStep} = collectSteps()
      const result = await rollback(url, shop, {onStep})
      assert.deepEqual([result.undone, result.skipped, result.to], [['1.2.0'], [], '1.1.0'])
      assert.deepEqual(await relations(database), ['a', 'answer', 'b', 'c'])
      assert.deepEqual(await versions(database), ['1.0.0 applied 2', '1.1.0 applied 2'])
      assert.deepEqual(await ask('select n from answer'), [{n: 1}])
      const events = await ask(
        `select kind, version, diff_id, run_id::text from ${schema}.events order by id desc limit 2`,
      )
      const {diffId} = shop.config.releases[2] ?? {}
      const fact = {version: '1.2.0', diff_id: diffId, run_id: result.runId}
      assert.deepEqual(events, [
        {kind: 'rolled-back', ...fact},
        {kind: 'rollback', ...fact},
      ])
      assert.deepEqual(
        steps.map(({type}) => type),
        [
          'lock-taken',
          'run-recorded',
          'release-begun',
          'lock-taken',
          'segment-begun',
          'batch-sent',
          'migration-done',
          'migration-done',
          'committing',
          'committed',
          'release-undone',
        ],
      )
    })
  })

  it('undoes everything above a version, newest first, and nothing where nothing is above', async () => {
    await withEngine(engine, async (database) => {
      await apply(database.url, shop)
      const {undone, to} = await rollback(database.url, shop, {to: '1.0.0'})
      assert.deepEqual([undone, to], [['1.2.0', '1.1.0'], '1.0.0'])
      assert.deepEqual(await relations(database), ['a', 'b'])
      const events = `select count(*)::int as n from ${schema}.events`
      const before = await database.ask(events)
      assert.deepEqual((await rollback(database.url, shop, {to: '1.0.0'})).undone, [])
      assert.deepEqual(await database.ask(events), before)
    })
  })

  it('leaves an empty ledger behind the first release, and forward again is as before', async () => {
    await withEngine(engine, async (database) => {
      await apply(database.url, shop)
      for (const version of ['1.2.0', '1.1.0', '1.0.0']) {
        assert.deepEqual((await rollback(database.url, shop)).undone, [version])
      }
      assert.deepEqual(await relations(database), [])
      assert.deepEqual(await versions(database), [])
      assert.deepEqual((await rollback(database.url, shop)).undone, [])
      assert.deepEqual((await apply(database.url, shop)).applied, ['1.0.0', '1.1.0', '1.2.0'])
      assert.deepEqual(await relations(database), ['a', 'answer', 'b', 'c', 'd'])
    })
  })

  it('goes on where it ended between two transactions, and so does apply, forward', async () => {
    await withEngine(engine, async (database) => {
      const {url} = database
      await apply(url, shop)
      const stop = breakAt('committed', 1)
      await assert.rejects(
        rollback(url, shop, {transaction: 'migration', onStep: stop}),
        /the display broke/,
      )
      assert.deepEqual((await versions(database)).at(-1), '1.2.0 applying 1')
      assert.deepEqual(await database.ask('select n from answer'), [{n: 1}])
      assert.deepEqual((await apply(url, shop)).applied, ['1.2.0'])
      assert.deepEqual(await database.ask('select n from answer'), [{n: 2}])

      await assert.rejects(
        rollback(url, shop, {transaction: 'migration', onStep: breakAt('committed', 1)}),
      )
      assert.deepEqual((await rollback(url, shop)).undone, ['1.2.0'])
      assert.deepEqual(await versions(database), ['1.0.0 applied 2', '1.1.0 applied 2'])
      assert.deepEqual(await relations(database), ['a', 'answer', 'b', 'c'])
    })
  })
})

describePostgres('rollback', (engine) => {
  it('refuses a release with a migration that has no rollback script before anything runs', async () => {
    await withEngine(engine, async (database) => {
      const stuck = {version: '1.1.0', files: {'0003_c': 'create table c ()', '0004_d': table('d')}}
      const lines = artifact([first, stuck, {version: '1.2.0', files: {'0005_e': table('e')}}])
      await apply(database.url, lines)
      const before = [await relations(database), await versions(database)]
      const error = await failureOf(rollback(database.url, lines, {to: '1.0.0'}))
      assert.equal(error.exitCode, 7)
      assert.match(error.message, /^1\.1\.0 cannot be rolled back: 1\.1\.0\/0003_c has no rollback/)
      assert.deepEqual([await relations(database), await versions(database)], before)
      assert.deepEqual((await rollback(database.url, lines)).undone, ['1.2.0'])
    })
  })

  it('refuses a repeatable migration that has neither earlier bytes nor a rollback script', async () => {
    await withEngine(engine, async ({url}) => {
      const {rollback: _, ...bare} = view(1)
      const lines = artifact([
        first,
        {version: '1.1.0', files: {R__answer: bare}},
        {version: '1.2.0', files: {R__answer: {...bare, sql: view(2).sql}}},
      ])
      await apply(url, lines)
      assert.deepEqual((await rollback(url, lines)).undone, ['1.2.0'])
      const error = await failureOf(rollback(url, lines))
      assert.equal(error.code, 'ROLLBACK_FAILED')
      assert.match(error.message, /R__answer has no rollback script, and no earlier release ran it/)
    })
  })

  it('that fails says where, and at which release the database is', async () => {
    await withEngine(engine, async (database) => {
      const broken = {
        version: '1.1.0',
        files: {
          '0003_c': {...table('c'), rollback: 'drop table c;\ndrop table\n  missing;'},
          '0004_d': table('d'),
        },
      }
      const lines = artifact([first, broken, {version: '1.2.0', files: {'0005_e': table('e')}}])
      await apply(database.url, lines)
      const error = await failureOf(rollback(database.url, lines, {to: '1.0.0'}))
      assert.deepEqual([error.code, error.exitCode], ['ROLLBACK_FAILED', 7])
      assert.equal(error.message, '1.1.0/0003_c.rollback.sql:2:1: table "missing" does not exist')
      assert.equal(error.hint, 'Its transaction had no effect: the database is at 1.1.0.')
      assert.equal(error.details['sqlstate'], '42P01')
      assert.match(String(error.details['excerpt']), /> 2 \| drop table/)
      assert.deepEqual(await versions(database), ['1.0.0 applied 2', '1.1.0 applied 2'])
      assert.deepEqual(await relations(database), ['a', 'b', 'c', 'd'])
      const [event] = await database.ask(
        `select kind, version, migration, script, line, sqlstate from ${schema}.events order by id desc limit 1`,
      )
      assert.deepEqual(event, {
        kind: 'failed',
        version: '1.1.0',
        migration: '0003_c',
        script: 'rollback',
        line: 2,
        sqlstate: '42P01',
      })
    })
  })

  it('undoes the recorded migrations of a release that is still applying', async () => {
    await withEngine(engine, async (database) => {
      const broken = {
        version: '1.1.0',
        files: {'0003_c': table('c'), '0004_d': {...table('d'), sql: 'select oops'}},
      }
      const lines = artifact([first, broken])
      await failureOf(apply(database.url, lines, {plan: {transaction: 'migration'}}))
      assert.deepEqual((await versions(database)).at(-1), '1.1.0 applying 1')
      assert.deepEqual((await rollback(database.url, lines)).undone, ['1.1.0'])
      assert.deepEqual(await versions(database), ['1.0.0 applied 2'])
      assert.deepEqual(await relations(database), ['a', 'b'])
    })
  })

  it('of two at once undoes the newest release once', async () => {
    await withEngine(engine, async (database) => {
      await apply(database.url, shop)
      const {promise: bothPlanned, resolve} = Promise.withResolvers<void>()
      let planned = 0
      const meanwhile = () => {
        planned += 1
        if (planned === 2) resolve()
        return bothPlanned
      }
      const results = await Promise.all(
        [1, 2].map(() => rollback(database.url, shop, {meanwhile, waitLock: 30})),
      )
      assert.deepEqual(
        results.flatMap(({undone}) => undone),
        ['1.2.0'],
      )
      assert.deepEqual(
        results.flatMap(({skipped}) => skipped),
        ['1.2.0'],
      )
      assert.deepEqual(
        results.map(({to}) => to),
        ['1.1.0', '1.1.0'],
      )
      assert.deepEqual(await versions(database), ['1.0.0 applied 2', '1.1.0 applied 2'])
    })
  })

  it('never undoes what another run applied on top in the meantime', async () => {
    await withEngine(engine, async (database) => {
      const {url} = database
      const older = artifact([first, second])
      await apply(url, older)
      const error = await failureOf(rollback(url, older, {meanwhile: () => apply(url, shop)}))
      assert.equal(error.code, 'DATABASE_AHEAD')
      assert.match(error.message, /another run applied 1\.2\.0/)
      assert.equal((await versions(database)).length, 3)
    })
  })
})

/** Fails at the n-th report of a kind. */
function breakAt(type: Step['type'], nth: number): (step: Step) => void {
  let seen = 0
  return (step) => {
    if (step.type === type && ++seen === nth) throw new Error('the display broke')
  }
}
