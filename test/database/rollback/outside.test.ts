import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {apply, failureOf, ledgerOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import type {FileSource} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'
import {indexesOf, leaveOpen, rowOfScript} from '../support/outside.ts'
import {rollback} from '../support/rollback.ts'

const setup = {sql: 'create table a (i int, j int)', rollback: 'drop table a'}
const build = 'create index concurrently a_i on a (i)'
const drop = 'drop index concurrently a_i'
const last = {sql: 'create table last ()', rollback: 'drop table last'}

/** A release with a migration of these scripts between two ordinary ones. */
const withScripts = (outside: FileSource) =>
  artifact([
    {version: '1.0.0', files: {setup}},
    {version: '1.1.0', files: {outside, last}},
  ])
const bothOutside = withScripts({
  sql: build,
  transaction: false,
  rollback: {sql: drop, transaction: false},
})

const versions = async (url: string) =>
  (await ledgerOf(url)).releases.map(({version, state, migrations}) =>
    [version, state, ...migrations.map((row) => `${row.name} ${row.state}`)].join(', '),
  )
const undone = ['1.0.0, applied, setup done']

/** Ends a run at a report of the script outside transactions. */
const goneAt = (type: Step['type']) => (step: Step) => {
  const isOutside =
    (step.type === 'batch-sent' && step.migrations[0] === 'outside') ||
    (step.type === 'statement-started' && step.migration === 'outside')
  if (isOutside && step.type === type) throw new Error('gone')
}

describeEngines('rollback by a script outside transactions', (engine) => {
  it('takes one statement at a time, each recorded', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const two = withScripts({
        sql: `${build};\ncreate index concurrently a_j on a (j)`,
        cuts: ['create index concurrently a_j'],
        transaction: false,
        rollback: {
          sql: `drop index concurrently a_j;\n${drop}`,
          cuts: [drop],
          transaction: false,
        },
      })
      await apply(url, two)
      const rows: unknown[] = []
      const watch = engine === 'pglite' ? undefined : ask
      const onStep = async ({type}: Step) => {
        if (type === 'statement-done') rows.push(...((await watch?.(rowOfScript)) ?? []))
      }
      assert.deepEqual((await rollback(url, two, {onStep})).undone, ['1.1.0'])
      // after the last one the row is gone
      assert.deepEqual(rows, engine === 'pglite' ? [] : [{state: 'undoing', started: 2, done: 1}])
      assert.deepEqual(await versions(url), undone)
      assert.deepEqual((await apply(url, two)).applied, ['1.1.0'])
    })
  })
})

describePostgres('rollback by a script outside transactions', (engine) => {
  it('may undo what ran in a transaction, and the other way round', async () => {
    for (const outside of [
      {sql: 'create index a_i on a (i)', rollback: {sql: drop, transaction: false}},
      {sql: build, transaction: false, rollback: 'drop index a_i'},
    ]) {
      await withEngine(engine, async ({url}) => {
        const shop = withScripts(outside)
        await apply(url, shop)
        assert.deepEqual((await rollback(url, shop)).undone, ['1.1.0'])
        assert.deepEqual(await indexesOf(url), {})
        assert.deepEqual(await versions(url), undone)
        assert.deepEqual((await apply(url, shop)).applied, ['1.1.0'])
        assert.deepEqual(await indexesOf(url), {a_i: true})
      })
    }
  })

  it('settles a statement that a killed rollback left open, and goes on', async () => {
    for (const type of ['batch-sent', 'statement-started'] as const) {
      await withEngine(engine, async ({url}) => {
        await apply(url, bothOutside)
        await assert.rejects(rollback(url, bothOutside, {onStep: goneAt(type)}), /gone/)
        assert.deepEqual((await versions(url)).at(-1), '1.1.0, applying, outside undoing')
        assert.deepEqual((await rollback(url, bothOutside)).undone, ['1.1.0'])
        assert.deepEqual(await indexesOf(url), {})
        assert.deepEqual(await versions(url), undone)
      })
    }
  })

  it('settles the forward statement in which a killed apply ended, then undoes what is there', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, bothOutside)
      assert.deepEqual((await rollback(url, bothOutside)).undone, ['1.1.0'])
      assert.deepEqual(await versions(url), undone)

      await leaveOpen(url, bothOutside)
      // the server was done with it
      await ask(build)
      assert.deepEqual((await rollback(url, bothOutside)).undone, ['1.1.0'])
      assert.deepEqual(await indexesOf(url), {})
      assert.deepEqual(await versions(url), undone)
    })
  })

  it('that is refused at once leaves the release as it was', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const files = {
        setup,
        outside: {
          sql: build,
          transaction: false,
          rollback: {sql: 'drop index concurrently missing', transaction: false},
        },
      }
      const shop = artifact([
        {version: '1.0.0', files: {}},
        {version: '1.1.0', files},
      ])
      await apply(url, shop)
      const before = await versions(url)
      const error = await failureOf(rollback(url, shop))
      assert.equal(error.code, 'ROLLBACK_FAILED')
      assert.match(error.message, /^1\.1\.0\/outside\.rollback\.sql:1:1: index "missing" does not/)
      assert.match(error.hint ?? '', /the database is at 1\.1\.0\./)
      assert.deepEqual(await versions(url), before)
      assert.deepEqual((await apply(url, shop)).applied, [])
      await ask('create index missing on a (j)')
      assert.deepEqual((await rollback(url, shop)).undone, ['1.1.0'])
    })
  })
})
