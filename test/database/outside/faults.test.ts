import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import type {Client} from 'pg'
import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient} from '../../support/database.ts'
import {apply, failureOf} from '../support/apply.ts'
import type {ApplyRequest} from '../support/apply.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {indexesOf, leaveOpen, rowOfScript, withOutside} from '../support/outside.ts'

const setup = 'create table a (i int); insert into a values (1)'
const create = 'create unique index concurrently a_i on a (i)'
const shop = withOutside(setup, create)
const closed = [{state: 'done', started: 1, done: 1}]

/** Runs the work while live traffic keeps the build waiting: its transaction is older. */
async function withTraffic(url: string, work: (traffic: Client) => Promise<void>): Promise<void> {
  await withClient(url, async (traffic) => {
    await traffic.query('begin')
    await traffic.query('insert into a values (2)')
    await work(traffic)
    await traffic.query('rollback')
  })
}

/** Until the build has made its index and waits. @returns the process of its server */
async function untilBuilding(url: string): Promise<number> {
  const sql = `select p.pid from pg_stat_progress_create_index p where p.datname = current_database()
    and p.phase like 'waiting for%' and exists (select from pg_class where relname = 'a_i')`
  return withClient(url, async (client) => {
    for (;;) {
      const {rows} = await client.query<{pid: number}>(sql)
      if (rows[0] !== undefined) return rows[0].pid
    }
  })
}

/** Makes the table first, so that traffic can be on it when the build comes. */
async function prepare(url: string): Promise<void> {
  await apply(url, {...shop, config: {...shop.config, releases: shop.config.releases.slice(0, 1)}})
}

/** A build that failed left the index invalid, and one plain re-run leaves it valid. */
async function checkRerun(url: string, request: ApplyRequest = {}): Promise<void> {
  assert.deepEqual(await indexesOf(url), {a_i: false})
  assert.deepEqual((await apply(url, shop, request)).applied, ['1.1.0'])
  assert.deepEqual(await indexesOf(url), {a_i: true})
}

describePostgres('a concurrent build', (engine) => {
  it('killed with its client is finished by a plain re-run', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await prepare(url)
      await withTraffic(url, async () => {
        const program = join(import.meta.dirname, '../support/outside-program.ts')
        const run = promisify(execFile)(process.execPath, [program, url, setup, create])
        const killed = assert.rejects(run, {signal: 'SIGKILL'})
        const builder = await untilBuilding(url)
        run.child.kill('SIGKILL')
        await killed
        // the lock is free only when the server has noticed
        await untilGone(url, builder)
        assert.deepEqual(await indexesOf(url), {a_i: false})
      })
      await checkRerun(url)
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('whose session is terminated is finished by a plain re-run', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await prepare(url)
      await withTraffic(url, async (traffic) => {
        const failed = failureOf(apply(url, shop))
        await traffic.query('select pg_terminate_backend($1)', [await untilBuilding(url)])
        assert.equal((await failed).code, 'CONNECTION_LOST')
      })
      await checkRerun(url)
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('that a person cancels is finished by a plain re-run', async () => {
    await withEngine(engine, async ({url}) => {
      await prepare(url)
      await withTraffic(url, async (traffic) => {
        const failed = failureOf(apply(url, shop))
        await traffic.query('select pg_cancel_backend($1)', [await untilBuilding(url)])
        const error = await failed
        assert.equal(error.details['sqlstate'], '57014')
        assert.match(error.hint ?? '', /statement 1 of 1\.1\.0\/outside was begun, and what became/)
      })
      await checkRerun(url)
    })
  })

  it('of a run that is told to end is finished by a plain re-run', async () => {
    await withEngine(engine, async ({url}) => {
      await prepare(url)
      await withTraffic(url, async () => {
        const controller = new AbortController()
        const failed = failureOf(apply(url, shop, {signal: controller.signal}))
        await untilBuilding(url)
        controller.abort()
        assert.equal((await failed).code, 'INTERRUPTED')
      })
      await checkRerun(url)
    })
  })

  it('that its own lock_timeout ends is finished by a plain re-run', async () => {
    await withEngine(engine, async ({url}) => {
      const hasty = withOutside(setup, {sql: create, lockTimeout: '100ms'})
      await prepare(url)
      await withTraffic(url, async () => {
        const error = await failureOf(apply(url, hasty))
        assert.equal(error.details['sqlstate'], '55P03')
      })
      assert.deepEqual(await indexesOf(url), {a_i: false})
      await apply(url, hasty)
      assert.deepEqual(await indexesOf(url), {a_i: true})
    })
  })

  it('over duplicates fails again until they are gone, and then leaves no invalid index', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await prepare(url)
      await ask('insert into a values (1)')
      for (const _ of [1, 2]) {
        const error = await failureOf(apply(url, shop))
        assert.equal(error.details['sqlstate'], '23505')
        assert.deepEqual(await indexesOf(url), {a_i: false})
        assert.deepEqual(await ask(rowOfScript), [{state: 'begun', started: 1, done: 0}])
      }
      await ask('delete from a where ctid <> (select min(ctid) from a)')
      await checkRerun(url)
    })
  })
})

describePostgres('a session that still builds the index', (engine) => {
  it('is waited for, and what it built is done', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      await withTraffic(url, async (traffic) => {
        const ghost = withClient(url, (client) => client.query(create))
        const builder = await untilBuilding(url)
        const seen: unknown[] = []
        const onStep = async (step: Step) => {
          if (step.type === 'build-waiting') {
            seen.push(step.owner?.pid)
            await traffic.query('commit')
          }
          if (step.type === 'statement-settled') seen.push(step.outcome, ...step.repairs)
        }
        await apply(url, shop, {onStep})
        await ghost
        assert.deepEqual(seen, [builder, 'done'])
      })
      assert.deepEqual(await indexesOf(url), {a_i: true})
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('is named when it takes longer than a run may wait', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await leaveOpen(url, shop)
      await withTraffic(url, async (traffic) => {
        const ghost = withClient(url, (client) => client.query(create))
        const builder = await untilBuilding(url)
        const error = await failureOf(apply(url, shop, {waitLock: 0}))
        assert.equal(error.code, 'LOCK_TIMEOUT')
        assert.equal(error.exitCode, 8)
        assert.match(error.message, new RegExp(`process ${builder}\\b`))
        assert.match(error.hint ?? '', new RegExp(`pg_terminate_backend\\(${builder}\\)`))
        await traffic.query('rollback')
        await ghost
      })
      assert.deepEqual(await ask(rowOfScript), [{state: 'begun', started: 1, done: 0}])
    })
  })
})

async function untilGone(url: string, pid: number): Promise<void> {
  await withClient(url, async (client) => {
    while ((await client.query('select from pg_stat_activity where pid = $1', [pid])).rowCount);
  })
}
