import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {apply, failureOf} from '../support/apply.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {leaveOpen, rowOfScript, withOutside} from '../support/outside.ts'
import {withProxy} from '../support/proxy.ts'
import type {Message} from '../support/proxy.ts'

const open = [{state: 'begun', started: 1, done: 0}]

describePostgres('a statement of which the catalogue says nothing', (engine) => {
  it('is never run again by itself: the error shows it, and the command that decides', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const sql = '-- once\n\n  update a\n    set i = i + 1;\n'
      const shop = withOutside('create table a (i int); insert into a values (1)', sql)
      await leaveOpen(url, shop)
      const error = await failureOf(apply(url, shop))
      assert.equal(error.code, 'UNRESOLVED')
      assert.equal(error.exitCode, 5)
      assert.equal(
        error.message,
        '1.1.0/outside.sql:3:3: statement 1 was begun, and whether it was done is not known: the catalogue cannot tell',
      )
      assert.equal(
        error.hint,
        'Look at the database, then say what you found: squizzle resolve 1.1.0/outside --applied|--pending --reason <text>',
      )
      assert.match(
        String(error.details['excerpt']),
        /> 3 \| {3}update a\n {2}4 \| {5}set i = i \+ 1/,
      )
      assert.deepEqual(await ask('select i from a'), [{i: 1}])
      assert.deepEqual(await ask(rowOfScript), open)
    })
  })
})

describePostgres('a statement that failed', (engine) => {
  const setup = `create table a (i int check (i < 10)); insert into a values (9);
    create procedure half() language plpgsql as $$ begin
      insert into a values (1); commit; perform * from missing; end $$`

  it('whole is as if it had not been begun', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(setup, 'update a set i = i + 1')
      const error = await failureOf(apply(url, shop))
      assert.equal(error.details['sqlstate'], '23514')
      assert.deepEqual(await ask(rowOfScript), [])
      await ask('delete from a')
      await apply(url, shop)
    })
  })

  it('whole, as a person cancelled it, too', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const controller = new AbortController()
      const shop = withOutside(setup, 'insert into a select 1 from pg_sleep(60)')
      const failed = failureOf(apply(url, shop, {signal: controller.signal}))
      const asleep =
        "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
      while ((await ask(asleep)).length === 0);
      controller.abort()
      assert.equal((await failed).code, 'INTERRUPTED')
      assert.deepEqual(await ask(rowOfScript), [])
    })
  })

  it('stays open where the run is told to end, and the error names the command that decides', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const controller = new AbortController()
      const shop = withOutside(setup, 'do $$ begin perform pg_sleep(60); end $$')
      const failed = failureOf(apply(url, shop, {signal: controller.signal}))
      const asleep =
        "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
      while ((await ask(asleep)).length === 0);
      controller.abort()
      const error = await failed
      assert.equal(error.code, 'INTERRUPTED')
      assert.match(error.hint ?? '', /squizzle resolve 1\.1\.0\/outside --applied/)
      assert.deepEqual(await ask(rowOfScript), open)
    })
  })

  it('was never sent where the run is told to end before: it is as if it had not been begun', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const controller = new AbortController()
      const onStep = (step: Step) => {
        if (step.type === 'batch-sent' && step.migrations[0] === 'outside') controller.abort()
      }
      const shop = withOutside(setup, 'call half()')
      const error = await failureOf(apply(url, shop, {onStep, signal: controller.signal}))
      assert.equal(error.code, 'INTERRUPTED')
      assert.doesNotMatch(error.hint ?? '', /resolve/)
      assert.deepEqual(await ask(rowOfScript), [])
    })
  })

  it('after it committed a part stays open', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(setup, 'call half()')
      const error = await failureOf(apply(url, shop))
      assert.equal(error.details['sqlstate'], '42P01')
      assert.match(error.hint ?? '', /it is not known whether it was done/)
      assert.deepEqual(await ask('select i from a order by i'), [{i: 1}, {i: 9}])
      assert.deepEqual(await ask(rowOfScript), open)
      await assert.rejects(apply(url, shop), {code: 'UNRESOLVED'})
    })
  })
})

describePostgres('a run that is told to end when a statement is just done', (engine) => {
  const setup = 'create table a (i int)'
  const twice = {
    sql: 'insert into a values (1);\ninsert into a values (2)',
    cuts: ['insert into a values (2)'],
  }

  for (const [which, rows] of [
    ['first', [{state: 'begun', started: 1, done: 1}]],
    ['last', [{state: 'begun', started: 2, done: 2}]],
  ] as const) {
    it(`keeps that it is done, and asks nobody: the ${which} one`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        const shop = withOutside(setup, twice)
        const controller = new AbortController()
        const statement =
          which === 'first' ? 'insert into a values (1)' : 'insert into a values (2)'
        let sent = false
        const fromClient = ({type, bytes}: Message) => {
          sent ||= type === 'Q' && bytes.includes(statement)
        }
        // the server is done with it, and nothing says so in the ledger yet
        const fromServer = ({type}: Message) => {
          if (sent && type === 'C') controller.abort()
        }
        await withProxy(url, {fromClient, fromServer}, async (through) => {
          const error = await failureOf(apply(through, shop, {signal: controller.signal}))
          assert.equal(error.code, 'INTERRUPTED')
          assert.doesNotMatch(error.hint ?? '', /resolve/)
        })
        assert.deepEqual(await ask(rowOfScript), rows)
        assert.deepEqual((await apply(url, shop)).applied, ['1.1.0'])
        assert.deepEqual(await ask('select i from a order by i'), [{i: 1}, {i: 2}])
      })
    })
  }
})

describePostgres('what a script outside transactions sets', (engine) => {
  const sql = `set search_path to side; set role app;
    create table made ();
    create index concurrently b_i on b (i);
    create table made_later ();`
  const cuts = [
    ' set role',
    '\n    create table made ()',
    '\n    create index',
    '\n    create table made_later',
  ]
  const setup = `create schema side; create table side.b (i int); alter table side.b owner to app;
    grant all on schema side to app`
  const owners = `select relname as name, relnamespace::regnamespace::text as schema, relowner::regrole::text as owner
    from pg_class where relname in ('made', 'b_i', 'made_later') order by 1`
  const expected = ['b_i', 'made', 'made_later'].map((name) => ({
    name,
    schema: 'side',
    owner: 'app',
  }))

  it('holds for its later statements, and not for the ledger', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await apply(url, withOutside(setup, {sql, cuts}))
      assert.deepEqual(await ask(owners), expected)
    })
  })

  it('holds also where a later run goes on with it', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const shop = withOutside(setup, {sql, cuts})
      const onStep = (step: Step) => {
        if (step.type === 'batch-sent' && step.batch === 4) throw new Error('gone')
      }
      await assert.rejects(apply(url, shop, {onStep}), /gone/)
      assert.deepEqual(await ask(rowOfScript), [{state: 'begun', started: 4, done: 3}])
      await apply(url, shop)
      assert.deepEqual(await ask(owners), expected)
    })
  })
})
