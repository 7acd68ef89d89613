import assert from 'node:assert/strict'
import {ledgerDdl, ledgerGrants} from '../../../src/database/ledger/ddl.ts'
import {readEvents} from '../../../src/database/ledger/read.ts'
import {planApply} from '../../../src/database/plan/plan.ts'
import {withClient} from '../../support/database.ts'
import {apply, ledgerOf, schema, withSession} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describeEngines, describePostgres, withEngine, withRole} from '../support/engines.ts'

const shop = artifact([
  {version: '1.0.0', files: {a: 'create table a (i int)', b: 'create table b ()'}},
  {
    version: '1.1.0',
    files: {c: {sql: 'vacuum a; vacuum b', transaction: false, cuts: ['vacuum b']}},
  },
])

describeEngines('reading the ledger', (engine) => {
  it('finds nothing in a new database, and leaves nothing there', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const ledger = await ledgerOf(url)
      assert.deepEqual(
        [ledger.exists, ledger.meta, ledger.releases, ledger.occupants],
        [false, undefined, [], []],
      )
      assert.deepEqual(await ask(`select from pg_namespace where nspname = '${schema}'`), [])
    })
  })

  it('gives back what was applied, by whom and with what', async () => {
    await withEngine(engine, async ({url}) => {
      const manifest = shop.config.releases[0]?.layer
      if (manifest === undefined) throw new Error('no release')
      const artifactOrigin = {reference: 'ghcr.io/myorg/shop:1.1.0', manifest}
      const {runId} = await apply(url, shop, {artifact: artifactOrigin})
      const {meta, releases} = await ledgerOf(url)
      assert.equal(meta?.project, 'shop')
      assert.match(meta?.systemIdentifier ?? '', /^\d+$/)
      const [first, second] = releases
      assert.deepEqual(
        [first?.version, first?.diffId, first?.layer],
        [shop.config.releases[0]?.version, shop.config.releases[0]?.diffId, manifest],
      )
      assert.deepEqual(
        [first?.artifact, first?.manifest, first?.state, first?.origin, first?.runId],
        ['ghcr.io/myorg/shop:1.1.0', manifest, 'applied', 'run', runId],
      )
      assert.deepEqual(
        [first?.role, first?.runBy, first?.host, first?.toolVersion],
        ['postgres', 'tester', 'test-host', '0.0.0'],
      )
      assert.deepEqual(
        first?.migrations.map(({name, state, statements}) => [name, state, statements]),
        [
          ['a', 'done', undefined],
          ['b', 'done', undefined],
        ],
      )
      assert.deepEqual(second?.migrations[0]?.statements, {started: 2, done: 2})
      assert.ok(Date.parse(first?.startedAt ?? '') <= Date.parse(second?.finishedAt ?? ''))
      for (const {durationMs} of releases) assert.ok(Number.isInteger(durationMs))
    })
  })

  it('names what an unadopted database holds already, but not its extensions', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask(
        'create table orders (); create type mood as enum (); create schema other; create view other.v as select 1; select 1',
      )
      assert.deepEqual((await ledgerOf(url)).occupants, ['other.v', 'public.mood', 'public.orders'])
      const {occupants} = await withSession(url, async (session) => {
        const {readLedger} = await import('../../../src/database/ledger/read.ts')
        return readLedger(session, {schema, searchPath: ['other']})
      })
      assert.deepEqual(occupants, ['other.v'])
    })
  })

  it('lists the newest events first', async () => {
    await withEngine(engine, async ({url}) => {
      await apply(url, shop)
      const events = await withSession(url, (session) => readEvents(session, {schema}, 2))
      assert.deepEqual(
        events.map(({kind, version}) => [kind, version]),
        [
          ['applied', '1.1.0'],
          ['applied', '1.0.0'],
        ],
      )
    })
  })
})

describePostgres('a ledger that was changed', (engine) => {
  for (const [what, sql, code] of [
    ['a newer format', `update ${schema}.meta set format = 2`, 'UNSUPPORTED_FORMAT'],
    [
      'an unknown feature',
      `update ${schema}.meta set features = '{squashes}'`,
      'UNSUPPORTED_FORMAT',
    ],
    [
      'a newer format whose tables are others',
      `update ${schema}.meta set format = 2; alter table ${schema}.events drop column details`,
      'UNSUPPORTED_FORMAT',
    ],
    ['a column more', `alter table ${schema}.releases add column note text`, 'INTEGRITY'],
    ['a column less', `alter table ${schema}.releases drop column host`, 'INTEGRITY'],
    [
      'another type',
      `alter table ${schema}.migrations alter duration_ms type numeric`,
      'INTEGRITY',
    ],
    ['a table less', `drop table ${schema}.events`, 'INTEGRITY'],
    [
      'a view in the place of a table',
      `alter table ${schema}.events rename to e; create view ${schema}.events as select * from ${schema}.e`,
      'INTEGRITY',
    ],
    [
      'a foreign table in the place of a table',
      `drop table ${schema}.events; create foreign data wrapper w; create server s foreign data wrapper w;
      create foreign table ${schema}.events (id bigint) server s`,
      'INTEGRITY',
    ],
    [
      'a materialized view in the place of a table',
      `drop table ${schema}.events; create materialized view ${schema}.events as select 1 as id`,
      'INTEGRITY',
    ],
    [
      'a partitioned table in the place of a table',
      `create table ${schema}.e (like ${schema}.events) partition by list (id); drop table ${schema}.events;
      alter table ${schema}.e rename to events`,
      'INTEGRITY',
    ],
    [
      'columns in another order',
      `alter table ${schema}.events drop column host; alter table ${schema}.events add column host text not null default ''`,
      'INTEGRITY',
    ],
    [
      'a release taken away',
      `delete from ${schema}.migrations where release = 1;
      delete from ${schema}.releases where position = 1`,
      'INTEGRITY',
    ],
    [
      'a migration taken away',
      `delete from ${schema}.migrations where release = 1 and position = 1`,
      'INTEGRITY',
    ],
    [
      'the newest release taken away without its migrations',
      `alter table ${schema}.migrations drop constraint migrations_release_fkey;
      delete from ${schema}.releases where position = (select max(position) from ${schema}.releases)`,
      'INTEGRITY',
    ],
    [
      'a state of its own',
      `alter table ${schema}.releases drop constraint releases_state_check, drop constraint releases_check;
      update ${schema}.releases set state = 'gone'`,
      'INTEGRITY',
    ],
    ['no project', `delete from ${schema}.meta`, 'INTEGRITY'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        await apply(url, shop)
        await ask(`${sql}; select 1`)
        await assert.rejects(ledgerOf(url), {code})
      })
    })
  }

  it('refuses tables of something else, and leaves them alone', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask(`create schema ${schema}; create table ${schema}.releases (id int); select 1`)
      await assert.rejects(apply(url, shop), {code: 'INTEGRITY', message: /squizzle\.meta/})
      const [row] = await ask(
        `select count(*)::int as n from pg_attribute where attrelid = '${schema}.releases'::regclass and attnum > 0`,
      )
      assert.equal(row?.['n'], 1)
    })
  })

  it('shows every identifying value that was changed by hand, here or in the plan', async () => {
    const other = `sha256:${'1'.repeat(64)}`
    for (const change of [
      "meta set project = 'billing'",
      "releases set version = '1.0.7' where position = 1",
      "releases set version = '1.1.0' where position = 1",
      `releases set diff_id = '${other}' where position = 1`,
      "releases set state = 'applying', finished_at = null, duration_ms = null where position = 1",
      "migrations set name = 'z' where release = 1 and position = 2",
      "migrations set kind = 'repeatable' where release = 1 and position = 2",
      `migrations set forward = '${other}' where release = 1 and position = 2`,
      'migrations set position = 7 where release = 1 and position = 2',
      "migrations set state = 'begun', finished_at = null, duration_ms = null, statement_started = 1, statement_done = 0 where release = 1 and position = 2",
      'migrations set statement_started = 1, statement_done = 1, state = $$begun$$, finished_at = null, duration_ms = null where release = 2',
    ]) {
      await withEngine(engine, async ({url, ask}) => {
        await apply(url, shop)
        await ask(`update ${schema}.${change}; select 1`)
        const plan = ledgerOf(url).then((ledger) => planApply(shop.config, ledger))
        await assert.rejects(plan, {name: 'SquizzleError'}, change)
      })
    }
  })
})

describePostgres('reading the ledger', (engine) => {
  it('needs no right to write, before there is one and after', async () => {
    await withEngine(engine, ({url}) =>
      withRole(url, async (role, own) => {
        await withClient(url, (client) =>
          client.query(`alter role ${role} set default_transaction_read_only = on`),
        )
        assert.equal((await ledgerOf(own)).exists, false)
        await apply(url, shop)
        await withClient(url, (client) =>
          client.query(
            `grant usage on schema ${schema} to ${role}; grant select on all tables in schema ${schema} to ${role}`,
          ),
        )
        const ledger = await ledgerOf(own)
        assert.equal(ledger.releases.length, 2)
        assert.deepEqual(planApply(shop.config, ledger).releases, [])
      }),
    )
  })

  it('is refused where a policy hides rows of it, which would be run again', async () => {
    await withEngine(engine, ({url}) =>
      withRole(url, async (role, own) => {
        await apply(url, shop)
        await withClient(url, (client) =>
          client.query(
            `grant usage on schema ${schema} to ${role}; grant all on all tables in schema ${schema} to ${role};
            alter table ${schema}.releases enable row level security`,
          ),
        )
        await assert.rejects(ledgerOf(own), {
          code: 'PERMISSION_DENIED',
          message: /row-level security policy for table "releases"/,
        })
        assert.equal((await ledgerOf(url)).releases.length, 2, 'its owner sees them all')
      }),
    )
  })

  for (const [what, sql] of [
    [
      'a trigger',
      `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger swallow before insert on ${schema}.migrations for each row execute function swallow()`,
    ],
    ['a rule', `create rule swallow as on update to ${schema}.releases do instead nothing`],
  ] as const) {
    it(`is refused with ${what} of its own, which could swallow rows that are written`, async () => {
      await withEngine(engine, async ({url, ask}) => {
        await apply(url, shop)
        await ask(sql)
        await assert.rejects(ledgerOf(url), {
          code: 'INTEGRITY',
          message: new RegExp(`it has ${what} of its own: swallow$`),
        })
      })
    })
  }

  it('is not permitted to a role without the right to read', async () => {
    await withEngine(engine, ({url}) =>
      withRole(url, async (_role, own) => {
        await apply(url, shop)
        await assert.rejects(ledgerOf(own), {code: 'PERMISSION_DENIED'})
      }),
    )
  })

  it('is not misled by a search path full of look-alikes', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await apply(url, shop)
      await ask(`create schema evil;
        create function evil.count() returns bigint language sql as 'select 99::bigint';
        create function evil.equal(text, text) returns boolean language sql as 'select false';
        create operator evil.= (leftarg = text, rightarg = text, function = evil.equal);
        do $$ begin execute format('alter database %I set search_path = evil, pg_catalog', current_database()); end $$;
        select 1`)
      assert.equal((await ledgerOf(url)).releases.length, 2)
      assert.deepEqual((await apply(url, shop)).applied, [])
    })
  })
})

describePostgres('a ledger made by another role', (engine) => {
  it('is used with the printed grants, whose role may not make schemas', async () => {
    await withEngine(engine, ({url}) =>
      withRole(url, async (role, own) => {
        await assert.rejects(apply(own, shop), {code: 'PERMISSION_DENIED', hint: /--ledger-ddl/})
        const statements = [
          ...ledgerDdl(schema),
          ...ledgerGrants(schema, role),
          `grant create on schema public to ${role}`,
        ]
        await withClient(url, (client) => client.query(statements.join(';\n')))
        const first = artifact([{version: '1.0.0', files: {a: 'create table a ()'}}])
        assert.deepEqual((await apply(own, first)).applied, ['1.0.0'])
        await assert.rejects(
          withClient(own, (client) => client.query(`delete from ${schema}.events`)),
          {code: '42501'},
        )
      }),
    )
  })
})
