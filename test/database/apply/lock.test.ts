import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {lockKey} from '../../../src/database/lock.ts'
import {withClient} from '../../support/database.ts'
import {apply, collectSteps, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'

const releases = ['1.0.0', '1.1.0', '1.2.0'].map((version, index) => ({
  version,
  files: {[`t${index}`]: `create table t${index} (); select pg_sleep(0.02)`},
}))
const shop = artifact(releases)

describe('the key of the lock', () => {
  it('is the same for good, and another one for another ledger or project', () => {
    // two versions of squizzle must exclude each other
    assert.equal(lockKey('squizzle', 'shop'), '2053235402759350631')
    const keys = [
      lockKey('squizzle', 'shop'),
      lockKey('other', 'shop'),
      lockKey('squizzle', 'other'),
    ]
    assert.equal(new Set(keys).size, 3)
  })
})

describeEngines('several runs at once', (engine) => {
  for (const count of engine === 'pglite' ? [2] : [2, 10]) {
    it(`run each migration once: ${count}`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        const results = await Promise.all(Array.from({length: count}, () => apply(url, shop)))
        const applied = results.flatMap((result) => result.applied)
        assert.deepEqual(applied.toSorted(), ['1.0.0', '1.1.0', '1.2.0'])
        const {releases: recorded} = await ledgerOf(url)
        assert.deepEqual(
          recorded.map(({state}) => state),
          ['applied', 'applied', 'applied'],
        )
        const kinds = await ask(
          `select kind, count(*)::int as n from ${schema}.events group by 1 order by 1`,
        )
        assert.deepEqual(kinds, [
          {kind: 'applied', n: 3},
          {kind: 'apply', n: 1},
        ])
        if (engine === 'pglite') return
        const locks = await ask("select from pg_locks where locktype = 'advisory'")
        assert.deepEqual(locks, [])
      })
    })
  }
})

describePostgres('several runs at once', (engine) => {
  it('of two ledgers in one database do not wait for each other', async () => {
    await withEngine(engine, async ({url}) => {
      const {steps, onStep} = collectSteps()
      const plan = {allowNonempty: true}
      const other = artifact([{version: '1.0.0', files: {o: 'create table o ()'}}], 'other')
      const during = async (step: Step) => {
        if (step.type !== 'committing') return
        await apply(url, other, {schema: 'other_ledger', plan, onStep, waitLock: 0})
      }
      await apply(url, artifact(releases.slice(0, 1)), {onStep: during})
      assert.ok(steps.some(({type}) => type === 'release-applied'))
      assert.ok(!steps.some(({type}) => type === 'lock-waiting'))
    })
  })

  it('wait for each other, showing who has the lock, and skip what the other one did', async () => {
    await withEngine(engine, async ({url}) => {
      const {steps, onStep} = collectSteps()
      let second: Promise<{applied: readonly string[]; skipped: readonly string[]}> | undefined
      const waiting = Promise.withResolvers<void>()
      const hold = async ({type}: Step) => {
        if (type !== 'segment-begun' || second !== undefined) return
        second = apply(url, shop, {
          plan: {allowNonempty: true},
          onStep: (step) => {
            onStep(step)
            if (step.type === 'lock-waiting') waiting.resolve()
          },
        })
        await waiting.promise
      }
      const first = await apply(url, shop, {onStep: hold})
      assert.deepEqual(first.applied, ['1.0.0', '1.1.0', '1.2.0'])
      const result = await second
      assert.deepEqual([result?.applied, result?.skipped], [[], ['1.0.0', '1.1.0', '1.2.0']])
      const step = steps.find(({type}) => type === 'lock-waiting')
      assert.ok(step?.type === 'lock-waiting')
      assert.equal(step.owner?.application, 'squizzle')
      assert.equal(step.owner.role, 'postgres')
      assert.ok(step.owner.query !== undefined && step.owner.since !== undefined)
    })
  })

  it('give up in time, naming who has the lock', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await withClient(url, async (holder) => {
        await holder.query("set application_name = 'night shift'")
        await holder.query(`select pg_advisory_lock(${lockKey(schema, 'shop')})`)
        const pid = (await holder.query('select pg_backend_pid() as pid')).rows[0].pid as number
        const waits: number[] = []
        const onStep = (step: Step) => {
          if (step.type === 'lock-waiting') waits.push(step.waited)
        }
        const options = {waitLock: 0.5, heartbeat: 1, onStep}
        const error = await failureOf(apply(url, shop, options))
        assert.ok(waits.length > 1, 'it says how long it has waited, again and again')
        assert.equal(error.code, 'LOCK_TIMEOUT')
        assert.match(
          error.message,
          new RegExp(
            `process ${pid} \\(night shift\\) on 127\\.0\\.0\\.1 since 2\\S+: select pg_backend_pid\\(\\) as pid$`,
          ),
        )
        assert.match(error.hint ?? '', new RegExp(`pg_terminate_backend\\(${pid}\\)`))
      })
      assert.deepEqual(await ask(`select from pg_namespace where nspname = '${schema}'`), [])
    })
  })

  it('lose without harm where nothing but the ledger keeps them apart', async () => {
    await withEngine(engine, async ({url, ask}) => {
      // a run that has begun, and another one that gets past it as if there were no locks
      await apply(url, artifact(releases.slice(0, 1)))
      let overtaken = false
      const onStep = async ({type}: Step) => {
        if (type !== 'segment-begun' || overtaken) return
        overtaken = true
        await withClient(url, (client) =>
          client.query(`create table t1 (); insert into ${schema}.releases
            (position, version, diff_id, layer, state, origin, run_id, role, run_by, host, tool_version, finished_at, duration_ms)
            select 2, '1.1.0', '${shop.config.releases[1]?.diffId}', layer, 'applied', origin, gen_random_uuid(),
              role, run_by, host, tool_version, now(), 0 from ${schema}.releases where position = 1;
            insert into ${schema}.migrations (release, position, name, kind, forward, state, run_id, finished_at, duration_ms)
            select 2, 1, 't1', kind, '${shop.config.releases[1]?.migrations[0]?.forward.digest}', state, run_id, now(), 0
              from ${schema}.migrations where release = 1`),
        )
      }
      const result = await apply(url, shop, {onStep})
      assert.deepEqual([result.applied, result.skipped], [['1.2.0'], ['1.1.0']])
      const tables = await ask(
        "select count(*)::int as n from pg_tables where schemaname = 'public'",
      )
      assert.deepEqual(tables, [{n: 3}])
    })
  })
})

describePostgres('live traffic', (engine) => {
  it('that keeps a lock for a while makes the transaction begin again', async () => {
    await withEngine(engine, async ({url}) => {
      await apply(url, artifact(releases.slice(0, 1)))
      const alter = {
        version: '1.1.0',
        files: {a: 'create table more ()', b: 'alter table t0 add column i int'},
      }
      await withClient(url, async (traffic) => {
        await traffic.query('begin; lock table t0 in access share mode')
        const attempts: number[] = []
        const onStep = async (step: Step) => {
          if (step.type !== 'retry') return
          attempts.push(step.attempt)
          assert.deepEqual([step.sqlstate, step.limit], ['55P03', 5])
          if (step.attempt === 2) await traffic.query('commit')
        }
        const shopWithAlter = artifact([...releases.slice(0, 1), alter])
        const retry = {limit: 5, delay: 10}
        const {applied} = await apply(url, shopWithAlter, {onStep, retry, lockTimeout: '50ms'})
        assert.deepEqual(applied, ['1.1.0'])
        assert.deepEqual(attempts, [1, 2])
      })
    })
  })

  it('that keeps it for ever makes the run give up, with what PostgreSQL said', async () => {
    await withEngine(engine, async ({url}) => {
      await apply(url, artifact(releases.slice(0, 1)))
      const alter = {version: '1.1.0', files: {a: 'alter table t0 add column i int'}}
      await withClient(url, async (traffic) => {
        await traffic.query('begin; lock table t0 in access share mode')
        const retry = {limit: 2, delay: 10}
        const run = apply(url, artifact([...releases.slice(0, 1), alter]), {
          retry,
          lockTimeout: '50ms',
        })
        const error = await failureOf(run)
        assert.equal(error.details['sqlstate'], '55P03')
        assert.match(error.hint ?? '', /still at 1\.0\.0.*--lock-timeout/)
      })
    })
  })
})
