import assert from 'node:assert/strict'
import type {Client} from 'pg'
import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient} from '../../support/database.ts'
import {apply, failureOf} from '../support/apply.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {indexesOf, leaveOpen, rowOfScript, settledIn, withOutside} from '../support/outside.ts'
import type {TestArtifact} from '../support/artifact.ts'

const closed = [{state: 'done', started: 1, done: 1}]

/** Runs a statement that live traffic keeps waiting, and ends its session when the catalogue shows what it left by then. */
async function terminateIn(
  url: string,
  traffic: readonly string[],
  statement: string,
  until: string,
): Promise<void> {
  const pid = `select pid from pg_stat_activity where datname = current_database()
    and wait_event_type = 'Lock' and query = $1`
  await withClient(url, async (other) => {
    await other.query('begin')
    for (const sql of traffic) await other.query(sql)
    await withClient(url, async (client: Client) => {
      client.on('error', () => undefined)
      const failed = assert.rejects(client.query(statement))
      await withClient(url, async (watcher) => {
        while ((await watcher.query(until)).rowCount === 0);
        while ((await watcher.query(pid, [statement])).rowCount === 0);
        await watcher.query(`select pg_terminate_backend(pid) from (${pid}) w`, [statement])
      })
      await failed
    })
    await other.query('rollback')
  })
}

/** What a re-run said of the open statement. */
async function rerun(url: string, shop: TestArtifact): Promise<readonly unknown[]> {
  const steps: Step[] = []
  await apply(url, shop, {onStep: (step) => void steps.push(step)})
  return settledIn(steps)
}

describePostgres('an index whose removal was begun', (engine) => {
  const drop = 'drop index concurrently a_i'
  const shop = withOutside('create table a (i int); create index a_i on a (i)', drop)

  it('is dropped where it is there', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      assert.deepEqual(await rerun(url, shop), ['again'])
      assert.deepEqual(await indexesOf(url), {})
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('is dropped where it is half dropped', async () => {
    await withEngine(engine, async ({url}) => {
      await leaveOpen(url, shop)
      const half = "select from pg_index where indexrelid = 'a_i'::regclass and not indisvalid"
      await terminateIn(url, ['select from a', 'lock a in row exclusive mode'], drop, half)
      assert.deepEqual(await indexesOf(url), {a_i: false})
      assert.deepEqual(await rerun(url, shop), ['again'])
      assert.deepEqual(await indexesOf(url), {})
    })
  })

  it('that a session is still at is waited for', async () => {
    await withEngine(engine, async ({url}) => {
      await leaveOpen(url, shop)
      await withClient(url, async (traffic) => {
        await traffic.query('begin; lock a in row exclusive mode')
        const ghost = withClient(url, (client) => client.query(drop))
        const half = "select from pg_index where indexrelid = 'a_i'::regclass and not indisvalid"
        await withClient(url, async (watcher) => {
          while ((await watcher.query(half)).rowCount === 0);
        })
        const seen: unknown[] = []
        const onStep = async (step: Step) => {
          if (step.type === 'build-waiting') {
            seen.push(step.owner?.query)
            await traffic.query('commit')
          }
          if (step.type === 'statement-settled') seen.push(step.outcome)
        }
        await apply(url, shop, {onStep})
        await ghost
        assert.deepEqual(seen, [drop, 'done'])
      })
    })
  })

  it('is done where it is gone', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      await ask(drop)
      assert.deepEqual(await rerun(url, shop), ['done'])
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })
})

describePostgres('a concurrent REINDEX that was begun', (engine) => {
  const setup = `create table a (i int, t text); create index a_i on a (i); create index a_t on a (t);
    create index own_ccnew on a (t)`
  const waits = "select from pg_class where relname ~ '^a_i_cc(new|old)'"

  for (const [sql, left] of [
    ['reindex index concurrently a_i', ['a_i_ccnew']],
    ['reindex (concurrently) table a', ['a_i_ccnew', 'a_t_ccnew', 'own_ccnew_ccnew']],
    ['reindex schema concurrently public', ['a_i_ccnew', 'a_t_ccnew', 'own_ccnew_ccnew']],
  ] as const) {
    it(`is done again without what it left: ${sql}`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        const shop = withOutside(setup, sql)
        await leaveOpen(url, shop)
        await terminateIn(url, ['lock a in row exclusive mode'], sql, waits)
        const invalid = Object.entries(await indexesOf(url)).filter(([, valid]) => !valid)
        assert.deepEqual(
          invalid.map(([name]) => name),
          left,
        )
        const [outcome, ...repairs] = await rerun(url, shop)
        assert.equal(outcome, 'again')
        for (const name of left) {
          assert.ok(repairs.includes(`drops the invalid index public.${name}`), name)
        }
        assert.deepEqual(await indexesOf(url), {a_i: true, a_t: true, own_ccnew: true})
        const [{count} = {}] = await ask('select count(*)::int from pg_index where not indisvalid')
        assert.equal(count, 0)
        assert.deepEqual(await ask(rowOfScript), closed)
      })
    })
  }

  it('leaves an invalid index that only has the name of a copy', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const other = `${setup}; create index a_i_ccnew on a (t)`
      const shop = withOutside(other, 'reindex index concurrently a_i')
      await leaveOpen(url, shop)
      await ask("update pg_index set indisvalid = false where indexrelid = 'a_i_ccnew'::regclass")
      assert.deepEqual(await rerun(url, shop), ['again'])
      assert.equal((await indexesOf(url))['a_i_ccnew'], false)
    })
  })

  it('is not done over an index that it passed over', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(setup, 'reindex table concurrently a')
      const onStep = async (step: Step) => {
        if (step.type !== 'batch-sent' || step.migrations[0] !== 'outside') return
        await ask("update pg_index set indisvalid = false where indexrelid = 'a_i'::regclass")
      }
      const error = await failureOf(apply(url, shop, {onStep}))
      assert.match(error.message, /the statement ended well, but public\.a_i is invalid/)
      await ask('reindex index concurrently a_i')
      assert.deepEqual(await rerun(url, shop), ['again'])
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })
})

describePostgres('a partition whose detachment was begun', (engine) => {
  const detach = 'alter table p detach partition p1 concurrently'
  const shop = withOutside(
    'create table p (i int) partition by range (i); create table p1 partition of p for values from (0) to (10)',
    detach,
  )
  const parents = "select from pg_inherits where inhrelid = 'p1'::regclass"

  it('is detached where it is attached', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      assert.deepEqual(await rerun(url, shop), ['again'])
      assert.deepEqual(await ask(parents), [])
    })
  })

  it('is finished where it is pending', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      await terminateIn(url, ['select from p'], detach, `${parents} and inhdetachpending`)
      assert.equal((await ask(`${parents} and inhdetachpending`)).length, 1)
      assert.deepEqual(await rerun(url, shop), ['done', 'finishes the detachment of "p1"'])
      assert.deepEqual(await ask(parents), [])
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('is done where it is detached', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      await ask(detach)
      assert.deepEqual(await rerun(url, shop), ['done'])
    })
  })

  it('asks a person where it is gone', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      await ask('drop table p1')
      await assert.rejects(apply(url, shop), {
        code: 'UNRESOLVED',
        message: /there is no table "p1"/,
      })
    })
  })
})

describePostgres('a statement that does no harm twice', (engine) => {
  for (const sql of [
    'vacuum a',
    'analyze a',
    "alter system set work_mem = '5MB'",
    'reindex table a',
  ]) {
    it(`is done again: ${sql}`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        const shop = withOutside('create table a (i int)', sql)
        await leaveOpen(url, shop)
        assert.deepEqual(await rerun(url, shop), ['again'])
        assert.deepEqual(await ask(rowOfScript), closed)
        await ask('alter system reset all')
      })
    })
  }
})
