import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient} from '../../support/database.ts'
import {apply, collectSteps, failureOf} from '../support/apply.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {indexesOf, leaveOpen, rowOfScript, settledIn, withOutside} from '../support/outside.ts'

const setup = 'create table a (i int, j int, t text); insert into a values (1, 1, null)'
const create = 'create index concurrently a_i on a (i)'
const open = [{state: 'begun', started: 1, done: 0}]
const closed = [{state: 'done', started: 1, done: 1}]

/** Builds an index that stays invalid, as the table has a duplicate. */
async function buildInvalid(url: string, sql: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('insert into a select * from a')
    await assert.rejects(client.query(sql), {code: '23505'})
    await client.query('delete from a where ctid <> (select min(ctid) from a)')
  })
}

describePostgres('an index whose building was begun', (engine) => {
  it('is built where there is none', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(setup, create)
      await leaveOpen(url, shop)
      assert.deepEqual(await ask(rowOfScript), open)
      const {steps, onStep} = collectSteps()
      assert.deepEqual((await apply(url, shop, {onStep})).applied, ['1.1.0'])
      assert.deepEqual(settledIn(steps), ['again'])
      assert.deepEqual(await indexesOf(url), {a_i: true})
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('is done where it is valid: it is not built again', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(setup, `${create} where j > 0`)
      await leaveOpen(url, shop)
      await ask('create index a_i on public.a using btree (i asc nulls last) where (j > 0)')
      const [{oid} = {}] = await ask("select 'a_i'::regclass::oid as oid")
      const {steps, onStep} = collectSteps()
      await apply(url, shop, {onStep})
      assert.deepEqual(settledIn(steps), ['done'])
      assert.deepEqual(await ask("select 'a_i'::regclass::oid as oid"), [{oid}])
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('is dropped and built again where it is invalid', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const unique = 'create unique index concurrently a_i on a (i)'
      const shop = withOutside(setup, unique)
      await leaveOpen(url, shop)
      await buildInvalid(url, unique)
      assert.deepEqual(await indexesOf(url), {a_i: false})
      const {steps, onStep} = collectSteps()
      await apply(url, shop, {onStep})
      assert.deepEqual(settledIn(steps), ['again', 'drops the invalid index public.a_i'])
      assert.deepEqual(await indexesOf(url), {a_i: true})
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  for (const [what, other] of [
    ['of another column', 'create unique index concurrently a_i on a (j)'],
    ['of another table', 'create unique index concurrently a_i on b (i)'],
    ['with another condition', 'create unique index concurrently a_i on a (i) where j > 1'],
    ['that is not unique', 'create index concurrently a_i on a (i)'],
  ] as const) {
    it(`stays as it is where it is one ${what}, and a person is asked`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        const wanted = 'create unique index concurrently a_i on a (i) where j > 0'
        const shop = withOutside(`${setup}; create table b (i int)`, wanted)
        await leaveOpen(url, shop)
        await ask(other)
        await ask("update pg_index set indisvalid = false where indexrelid = 'a_i'::regclass")
        const [{oid} = {}] = await ask("select 'a_i'::regclass::oid as oid")
        const error = await failureOf(apply(url, shop))
        assert.equal(error.code, 'UNRESOLVED')
        assert.match(
          error.message,
          /^1\.1\.0\/outside\.sql:1:1: statement 1 was begun.*public\.a_i/,
        )
        assert.match(
          error.hint ?? '',
          /squizzle resolve 1\.1\.0\/outside --applied\|--pending --reason <text>/,
        )
        assert.match(String(error.details['excerpt']), /create unique index concurrently a_i/)
        assert.deepEqual(await ask("select 'a_i'::regclass::oid as oid"), [{oid}])
        assert.deepEqual(await ask(rowOfScript), open)
      })
    })
  }

  it('is one by the definition that the server makes of it, however it is written', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const odd = `-- built "live"; with care
        CREATE unique INDEX /* no */ CONCURRENTLY "A b" ON ONLY "public" . "a"
          USING btree ((lower(a.t)) text_pattern_ops desc, i) INCLUDE (j) WITH (fillfactor = 70)
          WHERE t IN ('x', 'y;') -- end
        ;`
      const shop = withOutside(setup, odd)
      await leaveOpen(url, shop)
      await ask(odd)
      await ask(`update pg_index set indisvalid = false where indexrelid = '"A b"'::regclass`)
      const {steps, onStep} = collectSteps()
      await apply(url, shop, {onStep})
      assert.deepEqual(settledIn(steps), ['again', 'drops the invalid index public."A b"'])
      assert.deepEqual(await indexesOf(url), {'"A b"': true})
    })
  })

  it('is looked for in the schemas that the target names', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask('create schema tenant; create table a (i int); create index a_i on a (i)')
      const shop = withOutside('create table a (i int)', create)
      const place = {searchPath: ['tenant'], plan: {allowNonempty: true}}
      await leaveOpen(url, shop, place)
      const {steps, onStep} = collectSteps()
      await apply(url, shop, {...place, onStep})
      assert.deepEqual(settledIn(steps), ['again'])
      assert.deepEqual(await indexesOf(url), {a_i: true, 'tenant.a_i': true})
    })
  })
})

describePostgres('IF NOT EXISTS', (engine) => {
  const unique = 'create unique index concurrently if not exists a_i on a (i)'

  it('does not count an invalid index as built, in a first run', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(setup, unique)
      let sent = 0
      const onStep = async (step: Step) => {
        if (step.type !== 'batch-sent' || step.migrations[0] !== 'outside') return
        sent += 1
        if (sent === 1) await buildInvalid(url, unique)
      }
      await apply(url, shop, {onStep})
      assert.equal(sent, 2)
      assert.deepEqual(await indexesOf(url), {a_i: true})
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })

  it('nor in a second one', async () => {
    await withEngine(engine, async ({url}) => {
      const shop = withOutside(setup, unique)
      await leaveOpen(url, shop)
      await buildInvalid(url, unique)
      await apply(url, shop)
      assert.deepEqual(await indexesOf(url), {a_i: true})
    })
  })

  it('fails over an invalid index that is another one, and leaves it', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(`${setup}; create index a_i on a (j)`, unique)
      const onStep = async (step: Step) => {
        if (step.type !== 'batch-sent' || step.migrations[0] !== 'outside') return
        await ask("update pg_index set indisvalid = false where indexrelid = 'a_i'::regclass")
      }
      const error = await failureOf(apply(url, shop, {onStep}))
      assert.match(
        error.message,
        /the statement ended well, but public\.a_i is there, but it is another one/,
      )
      assert.deepEqual(await indexesOf(url), {a_i: false})
    })
  })

  it('is content with a valid one', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(`${setup}; create index a_i on a (i)`, unique)
      await apply(url, shop)
      assert.deepEqual(await ask(rowOfScript), closed)
    })
  })
})
