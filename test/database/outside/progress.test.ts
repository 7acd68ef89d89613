import assert from 'node:assert/strict'
import type {Progress} from '../../../src/database/apply/progress.ts'
import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient} from '../../support/database.ts'
import {apply} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {indexesOf, withOutside} from '../support/outside.ts'

const others = `select state, xact_start from pg_stat_activity
  where application_name = 'squizzle' and datname = current_database() and state is distinct from 'active'`

describePostgres('a long statement', (engine) => {
  it('shows what a concurrent build waits for, from a session that is in no transaction', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside('create table a (i int)', 'create index concurrently a_i on a (i)')
      const setup = {...shop, config: {...shop.config, releases: shop.config.releases.slice(0, 1)}}
      await apply(url, setup)
      await withClient(url, async (traffic) => {
        await traffic.query('begin')
        const {rows} = await traffic.query<{pid: number}>('select pg_backend_pid() as pid')
        await traffic.query('insert into a values (1)')
        const seen: (Progress | undefined)[] = []
        const sessions: unknown[] = []
        const onStep = async (step: Step) => {
          if (step.type !== 'heartbeat') return
          if (step.progress?.waitsFor === undefined) return
          if (seen.length === 0) sessions.push(...(await ask(others)))
          seen.push(step.progress)
          // an open transaction of its own would now hold the build up for ever
          await traffic.query('commit')
        }
        await apply(url, shop, {onStep, heartbeat: 20})
        assert.deepEqual(seen[0], {
          command: 'CREATE INDEX CONCURRENTLY',
          phase: 'waiting for writers before build',
          percent: 0,
          waitsFor: rows[0]?.pid,
        })
        assert.deepEqual(sessions, [{state: 'idle', xact_start: null}])
      })
      assert.deepEqual(await indexesOf(url), {a_i: true})
      // the second session is gone with the statement
      while ((await ask(others)).length > 0);
    })
  })

  for (const concurrently of ['concurrently', '']) {
    it(`shows how far an index is: create index ${concurrently}`, async () => {
      await withEngine(engine, async ({url}) => {
        const setup = `create table a (i int, t text); alter table a alter t set storage plain;
          insert into a select n, repeat('x', 4000) from generate_series(1, 100) n;
          create function slow(i int) returns int immutable language plpgsql as $$ begin
            perform pg_sleep(0.01); return i; end $$`
        const sql = `create index ${concurrently} a_i on a (slow(i))`
        const transaction = concurrently === ''
        const shop = artifact([{version: '1.0.0', files: {setup, index: {sql, transaction}}}])
        const seen: Progress[] = []
        const onStep = (step: Step) => {
          if (step.type === 'heartbeat' && step.progress) seen.push(step.progress)
        }
        await apply(url, shop, {onStep, heartbeat: 20})
        const scans = seen.filter(({phase}) => phase === 'building index: scanning table')
        assert.equal(scans[0]?.command, `CREATE INDEX ${concurrently.toUpperCase()}`.trim())
        const percents = scans.map(({percent}) => percent ?? -1)
        assert.ok(new Set(percents).size > 2, percents.join())
        assert.deepEqual(
          percents,
          percents.toSorted((a, b) => a - b),
        )
        assert.ok(percents.every((percent) => percent >= 0 && percent <= 100))
      })
    })
  }
})
