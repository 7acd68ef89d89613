import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {SquizzleError} from '../../../src/errors.ts'
import {withClient} from '../../support/database.ts'
import {untilAsleep} from '../support/asleep.ts'
import {apply, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'

const first = {version: '1.0.0', files: {a: 'create table a ()'}}

describeEngines('a run that is told to end', (engine) => {
  it('ends before its next message, with nothing half done, and says where the database is', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const controller = new AbortController()
      const onStep = ({type}: Step) => {
        if (type === 'committing') controller.abort()
      }
      const shop = artifact([first, {version: '1.1.0', files: {b: 'create table b ()'}}])
      const error = await failureOf(apply(url, shop, {onStep, signal: controller.signal}))
      assert.equal(error.code, 'INTERRUPTED')
      assert.equal(error.message, 'interrupted: the database is still without a release')
      assert.deepEqual(await ask("select from pg_tables where schemaname = 'public'"), [])
      const kinds = await ask(`select kind from ${schema}.events order by id`)
      assert.deepEqual(kinds, [{kind: 'apply'}, {kind: 'interrupted'}])
      assert.deepEqual((await apply(url, shop)).applied, ['1.0.0', '1.1.0'])
    })
  })

  it('ends at once where it had not begun', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const error = await failureOf(apply(url, artifact([first]), {signal: AbortSignal.abort()}))
      assert.equal(error.code, 'INTERRUPTED')
      assert.deepEqual(await ask(`select from pg_namespace where nspname = '${schema}'`), [])
    })
  })
})

describePostgres('a run that is told to end', (engine) => {
  it('cancels the statement that runs, and rolls back', async () => {
    await withEngine(engine, async ({url}) => {
      await apply(url, artifact([first]))
      const controller = new AbortController()
      const slow = {version: '1.1.0', files: {b: 'create table b ()', c: 'select pg_sleep(60)'}}
      const run = apply(url, artifact([first, slow]), {signal: controller.signal})
      const failed = failureOf(run)
      await untilAsleep(url)
      controller.abort(new SquizzleError('TERMINATED', 'terminated'))
      const error = await failed
      assert.equal(error.code, 'TERMINATED')
      assert.equal(error.message, 'terminated: the database is still at 1.0.0')
      const {releases} = await ledgerOf(url)
      assert.deepEqual(
        releases.map(({version}) => version),
        ['1.0.0'],
      )
    })
  })

  it('ends while it waits for the lock', async () => {
    await withEngine(engine, async ({url}) => {
      const {lockKey} = await import('../../../src/database/lock.ts')
      await withClient(url, async (holder) => {
        await holder.query(`select pg_advisory_lock(${lockKey(schema, 'shop')})`)
        const controller = new AbortController()
        const onStep = ({type}: Step) => {
          if (type === 'lock-waiting') controller.abort()
        }
        const error = await failureOf(
          apply(url, artifact([first]), {onStep, signal: controller.signal}),
        )
        assert.equal(error.code, 'INTERRUPTED')
      })
    })
  })

  it('names the statement outside transactions whose outcome it leaves open', async () => {
    await withEngine(engine, async ({url}) => {
      const controller = new AbortController()
      const index = {sql: 'create index concurrently a_i on a ((f()))', transaction: false}
      const slow =
        'create table a (i int); insert into a values (1); create function f() returns int immutable language sql as $$ select 1 from pg_sleep(60) $$'
      const shop = artifact([{version: '1.0.0', files: {a: slow, b: index}}])
      const failed = failureOf(apply(url, shop, {signal: controller.signal}))
      await untilAsleep(url)
      controller.abort()
      const error = await failed
      assert.equal(error.code, 'INTERRUPTED')
      assert.match(
        error.message,
        /1 of the 2 migrations of 1\.0\.0; statement 1 of 1\.0\.0\/b was begun/,
      )
      const [release] = (await ledgerOf(url)).releases
      assert.deepEqual(release?.migrations[1]?.statements, {started: 1, done: 0})
    })
  })
})

describePostgres('a statement that runs for long', (engine) => {
  it('shows that it lives', async () => {
    await withEngine(engine, async ({url}) => {
      const beats: Step[] = []
      const onStep = (step: Step) => {
        if (step.type === 'heartbeat') beats.push(step)
      }
      const shop = artifact([{version: '1.0.0', files: {a: 'select pg_sleep(0.5)'}}])
      await apply(url, shop, {onStep, heartbeat: 50})
      const [beat] = beats
      assert.ok(beats.length > 2, `${beats.length} signs`)
      assert.ok(beat?.type === 'heartbeat' && beat.elapsed >= 40)
      assert.deepEqual([beat.release, beat.migrations], ['1.0.0', ['a']])
    })
  })
})
