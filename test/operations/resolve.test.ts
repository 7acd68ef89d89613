import assert from 'node:assert/strict'
import {parseVersion} from '../../src/artifact/version.ts'
import {lockKey} from '../../src/database/lock.ts'
import type {Verdict} from '../../src/database/plan/resolve.ts'
import {apply} from '../../src/operations/apply.ts'
import {resolve, type ResolveResult} from '../../src/operations/resolve.ts'
import {applyText} from '../../src/cli/text/apply.ts'
import {statusText} from '../../src/cli/text/status.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {databaseAt, withWorld, type Machine} from '../support/project.ts'
import {describeWith} from '../support/services.ts'

const author = {by: 'somebody', host: 'here', toolVersion: '1.2.3'}
const script = `-- squizzle: no-transaction
insert into a values (1);

insert into a
  values (2);
`

interface Scene {
  readonly machine: Machine
  readonly url: string
  readonly ask: (sql: string) => Promise<Record<string, unknown>[]>
}

/** A database on which a run ended when the n-th statement of the last migration was about to be sent. */
async function withOpen(statement: number, story: (scene: Scene) => Promise<void>): Promise<void> {
  await withWorld((world) =>
    withTestDatabase('postgres15', async (url) => {
      const machine = await world.machine('laptop')
      await machine.release('1.0.0', {'0001_a.sql': 'create table a (i int);\n'})
      await machine.release('1.1.0', {
        '0002_b.sql': 'create table b ();\n',
        '0002_b.rollback.sql': 'drop table b;\n',
        '0003_fill.sql': script,
        '0003_fill.rollback.sql':
          '-- squizzle: no-transaction\ndelete from a where i = 2;\ndelete from a;\n',
      })
      const report = (step: {type: string; batch?: number; migrations?: unknown}) => {
        const {type, batch, migrations} = step
        if (type === 'batch-sent' && batch === statement && String(migrations) === '0003_fill') {
          throw new Error('gone')
        }
      }
      await assert.rejects(
        apply(
          {...machine.context, report},
          {
            database: databaseAt(url),
            author,
            dryRun: false,
            allowAhead: false,
            allowNonempty: false,
            offline: false,
          },
        ),
        /gone/,
      )
      const ask = (sql: string) =>
        withClient(
          url,
          async (client) => (await client.query(sql)).rows as Record<string, unknown>[],
        )
      await story({machine, url, ask})
    }),
  )
}

function decide(
  {machine, url}: Scene,
  verdict: Verdict,
  migration = '0003_fill',
): Promise<ResolveResult> {
  return resolve(machine.context, {
    release: parseVersion('1.1.0'),
    migration,
    verdict,
    reason: 'looked at it',
    database: databaseAt(url),
    author,
    offline: false,
  })
}

const ledger = `select m.state as migration, statement_started as started, statement_done as done, r.state as release
  from squizzle.releases r left join squizzle.migrations m on m.release = r.position and m.name = '0003_fill'
  where version = '1.1.0'`
const decisions = `select version, migration, script, statement, file, line, reason, run_by as by, details
  from squizzle.events where kind = 'resolve'`

describeWith(['postgres15'], 'a person resolves a statement', () => {
  it('as applied: the next run goes on after it', async () => {
    await withOpen(1, async (scene) => {
      const {machine, url, ask} = scene
      await assert.rejects(machine.apply(url), {code: 'UNRESOLVED'})
      await ask('insert into a values (1)')
      const {runId, ...result} = await decide(scene, 'applied')
      assert.match(result.excerpt ?? '', /> 2 \| insert into a values \(1\)/)
      assert.deepEqual(
        {...result, excerpt: ''},
        {
          database: result.database,
          release: '1.1.0',
          migration: '0003_fill',
          verdict: 'applied',
          direction: 'forward',
          statement: 1,
          statements: 2,
          file: '1.1.0/0003_fill.sql',
          line: 2,
          column: 1,
          excerpt: '',
          after: {migration: 'begun', release: 'applying'},
        },
      )
      assert.deepEqual(await ask(ledger), [
        {migration: 'begun', started: 1, done: 1, release: 'applying'},
      ])
      assert.deepEqual(await ask(decisions), [
        {
          version: '1.1.0',
          migration: '0003_fill',
          script: 'forward',
          statement: 1,
          file: '1.1.0/0003_fill.sql',
          line: 2,
          reason: 'looked at it',
          by: 'somebody',
          details: {verdict: 'applied', direction: 'forward'},
        },
      ])
      const [row] = await ask("select run_id from squizzle.migrations where name = '0003_fill'")
      assert.equal(row?.['run_id'], runId)
      await machine.apply(url)
      assert.deepEqual(await ask('select i from a order by i'), [{i: 1}, {i: 2}])
    })
  })

  it('as applied, where it is the last one: migration and release are done', async () => {
    await withOpen(2, async (scene) => {
      const {machine, url, ask} = scene
      const {after} = await decide(scene, 'applied')
      assert.deepEqual(after, {migration: 'done', release: 'applied'})
      assert.deepEqual(await ask(ledger), [
        {migration: 'done', started: 2, done: 2, release: 'applied'},
      ])
      const {plan} = await machine.apply(url)
      assert.deepEqual(plan, [])
      assert.deepEqual(await ask('select i from a'), [{i: 1}])
    })
  })

  it('as pending: the next run sends it again', async () => {
    for (const statement of [1, 2]) {
      await withOpen(statement, async (scene) => {
        const {machine, url, ask} = scene
        await decide(scene, 'pending')
        const before = statement === 1 ? null : 1
        assert.deepEqual(await ask(ledger), [
          {
            migration: statement === 1 ? null : 'begun',
            started: before,
            done: before,
            release: 'applying',
          },
        ])
        await machine.apply(url)
        assert.deepEqual(await ask('select i from a order by i'), [{i: 1}, {i: 2}])
      })
    }
  })

  it('is refused where nothing is open, or something else is', async () => {
    await withOpen(1, async (scene) => {
      await assert.rejects(decide(scene, 'applied', '0002_b'), {
        code: 'USAGE',
        message: 'nothing is open in 1.1.0/0002_b',
        hint: 'Open is a statement of 1.1.0/0003_fill.',
      })
      await decide(scene, 'applied')
      await assert.rejects(decide(scene, 'applied'), {
        code: 'USAGE',
        message: 'nothing is open in 1.1.0/0003_fill',
      })
    })
  })

  it('is refused while a live session has the lock, which is named at once', async () => {
    await withOpen(1, async (scene) => {
      const {url, ask} = scene
      await withClient(url, async (holder) => {
        const {rows} = await holder.query<{pid: number}>(
          `select pg_advisory_lock(${lockKey('squizzle', 'shop')}), pg_backend_pid() as pid`,
        )
        await assert.rejects(decide(scene, 'applied'), {
          code: 'LOCK_TIMEOUT',
          exitCode: 8,
          message: new RegExp(`another run has the migration lock: process ${rows[0]?.pid}\\b`),
        })
      })
      assert.deepEqual(await ask(decisions), [])
      assert.deepEqual(await ask(ledger), [
        {migration: 'begun', started: 1, done: 0, release: 'applying'},
      ])
    })
  })

  it('after a dry run told of it', async () => {
    await withOpen(2, async ({machine, url}) => {
      const result = await machine.apply(url, {dryRun: true})
      assert.deepEqual(result.plan[0]?.open, {migration: '0003_fill', statement: 2})
      assert.match(applyText(result), /first, statement 2 of 0003_fill is settled/)
    })
  })

  it('after status told of it, with the command', async () => {
    await withOpen(2, async ({machine, url}) => {
      const result = await machine.status(url)
      assert.deepEqual(result.interrupted[0]?.open, {
        migration: '1.1.0/0003_fill',
        statement: 2,
        next: 'apply',
        resolve: 'squizzle resolve 1.1.0/0003_fill --applied|--pending --reason <text>',
      })
      assert.match(
        statusText(result),
        /1\.1\.0 is interrupted within statement 2 of 1\.1\.0\/0003_fill: run `squizzle apply`, which settles it or asks for `squizzle resolve/,
      )
    })
  })
})

describeWith(['postgres15'], 'a person resolves a statement of a rollback', () => {
  /** As a rollback leaves it that ended within a statement. */
  const undoing = (started: number) => `
    update squizzle.releases set state = 'applying', finished_at = null, duration_ms = null where version = '1.1.0';
    update squizzle.migrations set state = 'undoing', statement_started = ${started}, statement_done = ${started - 1},
      finished_at = now(), duration_ms = 1 where name = '0003_fill'`

  for (const [verdict, started, expected] of [
    ['applied', 1, {migration: 'undoing', started: 1, done: 1, release: 'applying'}],
    ['applied', 2, {migration: null, started: null, done: null, release: 'applying'}],
    ['pending', 1, {migration: 'undoing', started: 1, done: 0, release: 'applying'}],
    ['pending', 2, {migration: 'undoing', started: 1, done: 1, release: 'applying'}],
  ] as const) {
    it(`as ${verdict}, statement ${started} of 2`, async () => {
      await withOpen(1, async (scene) => {
        const {machine, ask, url} = scene
        await ask('insert into a values (1), (2)')
        await ask(undoing(started))
        const {direction, file} = await decide(scene, verdict)
        assert.deepEqual([direction, file], ['rollback', '1.1.0/0003_fill.rollback.sql'])
        assert.deepEqual(await ask(ledger), [expected])
        const [event] = await ask(decisions)
        assert.deepEqual([event?.['script'], event?.['statement']], ['rollback', started])
        await machine.rollback(url)
        assert.deepEqual(await ask("select from squizzle.releases where version = '1.1.0'"), [])
        const left = verdict === 'applied' && started === 2 ? [{i: 1}, {i: 2}] : []
        assert.deepEqual(await ask('select i from a order by i'), left)
      })
    })
  }
})
