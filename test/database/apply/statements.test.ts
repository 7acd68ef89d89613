import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient} from '../../support/database.ts'
import {apply, failureOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'

const table = 'create table a (i int, j int)'
const cuts = ['create index concurrently a_j', 'create index concurrently a_ij']
const indexes = {
  sql: '-- three\ncreate index concurrently a_i on a (i);\ncreate index concurrently a_j on a (j);\ncreate index concurrently a_ij on a (i, j);\n',
  transaction: false,
  cuts,
}
const shop = (file: string | typeof indexes) =>
  artifact([
    {version: '1.0.0', files: {'0001_a': table, '0002_i': file, '0003_b': 'create table b ()'}},
  ])

const rowOf = `select state, statement_started as started, statement_done as done
  from ${schema}.migrations where name = '0002_i'`

const tune = (value: string) => ({sql: `set work_mem = '${value}'`, transaction: false})

const probe = (name: string) =>
  `create table ${name} as select current_setting('work_mem') as answer`

describeEngines('a script outside transactions', (engine) => {
  it('runs one statement at a time, each recorded as started before and as done after', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const seen: unknown[] = []
      const watch = engine === 'pglite' ? undefined : ask
      const onStep = async (step: Step) => {
        if (step.type !== 'statement-started' && step.type !== 'statement-done') return
        const rows = await watch?.(rowOf)
        seen.push([step.type, step.statement, step.statements, ...(rows ?? [])])
      }
      await apply(url, shop(indexes), {onStep})
      const row = (started: number, done: number, state = 'begun') =>
        engine === 'pglite' ? [] : [{state, started, done}]
      assert.deepEqual(seen, [
        ['statement-started', 1, 3, ...row(1, 0)],
        ['statement-done', 1, 3, ...row(2, 1)],
        ['statement-started', 2, 3, ...row(2, 1)],
        ['statement-done', 2, 3, ...row(3, 2)],
        ['statement-started', 3, 3, ...row(3, 2)],
        ['statement-done', 3, 3, ...row(3, 3, 'done')],
      ])
      assert.deepEqual(await ask(rowOf), [{state: 'done', started: 3, done: 3}])
      const valid = await ask(
        "select relname as name from pg_index join pg_class on oid = indexrelid where indrelid = 'a'::regclass and indisvalid order by 1",
      )
      assert.deepEqual(
        valid.map(({name}) => name),
        ['a_i', 'a_ij', 'a_j'],
      )
    })
  })

  it('that a mistake stops at once is gone on with once it is mended', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const files = {
        sql: 'create index concurrently a_i on a (i);\ncreate index concurrently b_i on missing (i);\n',
        transaction: false,
        cuts: ['create index concurrently b_i'],
      }
      const broken = artifact([
        {
          version: '1.0.0',
          files: {'0001_a': table, '0002_i': files, '0003_b': 'create table b ()'},
        },
      ])
      const error = await failureOf(apply(url, broken))
      assert.match(error.message, /^1\.0\.0\/0002_i\.sql:2:\d+: relation "missing" does not exist/)
      assert.equal(
        error.hint,
        'A script outside transactions cannot be rolled back: the database is without a release and has 1 of the 3 migrations of 1.0.0, where the next apply goes on.',
      )
      assert.deepEqual(await ask(rowOf), [{state: 'begun', started: 1, done: 1}])
      await ask('create table missing (i int); select 1')
      assert.deepEqual((await apply(url, broken)).applied, ['1.0.0'])
      assert.deepEqual(await ask(rowOf), [{state: 'done', started: 2, done: 2}])
    })
  })

  it('that opens a transaction is refused', async () => {
    await withEngine(engine, async ({url}) => {
      const files = {'0001_a': table, '0002_i': {sql: 'begin', transaction: false}}
      const error = await failureOf(apply(url, artifact([{version: '1.0.0', files}])))
      assert.match(error.message, /left a transaction open/)
    })
  })
})

describePostgres('a script outside transactions', (engine) => {
  it('has no settings of an earlier one, and leaves none behind', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const files = {
        a: probe('before_leak'),
        b: tune('77MB'),
        c: probe('after_leak'),
        d: tune('78MB'),
      }
      await apply(url, artifact([{version: '1.0.0', files}]))
      const [row] = await ask(
        'select b.answer as b, a.answer as a from before_leak b, after_leak a',
      )
      assert.equal(row?.['a'], row?.['b'])
    })
  })

  it('goes on with the lock, also after a script let go of it', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const files = {
        '0001_a': `${table}; select pg_advisory_unlock_all()`,
        '0002_i': indexes,
      }
      const held: unknown[] = []
      const onStep = async ({type}: Step) => {
        if (type !== 'statement-started') return
        const [row] = await ask(
          "select count(*)::int as n from pg_locks where locktype = 'advisory' and granted",
        )
        held.push(row?.['n'])
      }
      await apply(url, artifact([{version: '1.0.0', files}]), {onStep})
      assert.deepEqual(held, [1, 1, 1])
    })
  })

  it('builds its index however long live traffic takes', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await apply(url, artifact([{version: '1.0.0', files: {'0001_a': table}}]))
      const both = artifact([
        {version: '1.0.0', files: {'0001_a': table}},
        {version: '1.1.0', files: {'0002_i': indexes}},
      ])
      await withClient(url, async (traffic) => {
        await traffic.query('begin; insert into a values (1, 1)')
        let committed: Promise<unknown> | undefined
        const onStep = ({type}: Step) => {
          if (type !== 'batch-sent') return
          committed ??= waitForLock(url).then(() => traffic.query('commit'))
        }
        const {applied} = await apply(url, both, {lockTimeout: '50ms', onStep})
        assert.deepEqual(applied, ['1.1.0'])
        await committed
      })
      assert.deepEqual(await ask(rowOf), [{state: 'done', started: 3, done: 3}])
    })
  })
})

/** Until a concurrent build waits for another transaction, and for longer than the lock timeout given. */
async function waitForLock(url: string): Promise<void> {
  const sql = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%concurrently%'
    and pid <> pg_backend_pid() and clock_timestamp() - state_change > interval '150 milliseconds'`
  await withClient(url, async (client) => {
    while ((await client.query(sql)).rowCount === 0);
  })
}
