import assert from 'node:assert/strict'
import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient} from '../../support/database.ts'
import {apply, failureOf, ledgerOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describePostgres, withEngine, withRole} from '../support/engines.ts'
import {queryText, withProxy} from '../support/proxy.ts'
import type {Message} from '../support/proxy.ts'

const shop = artifact([
  {version: '1.0.0', files: {a: 'create table a ()'}},
  {version: '1.1.0', files: {b: 'create table b ()'}},
])

/** A pooler announces a process that does not exist on the server. */
const disguise = ({type, bytes}: Message) => {
  if (type === 'K') bytes.writeInt32BE(bytes.readInt32BE(5) + 1, 5)
}

/** A client that takes its time between two messages. */
const slowly = () => new Promise<void>((resolve) => setTimeout(resolve, 60))

describePostgres('a connection that breaks', (engine) => {
  it('at the COMMIT before it arrives was not committed', async () => {
    await withEngine(engine, async ({url}) => {
      let commits = 0
      const error = await withProxy(
        url,
        {
          fromClient: (message) => {
            if (!queryText(message).endsWith('COMMIT')) return true
            commits += 1
            // the ledger, then the first release
            return commits !== 2
          },
        },
        (through, cut) => {
          const onStep = ({type}: Step) => {
            if (type === 'committing') setTimeout(cut, 50)
          }
          return failureOf(apply(through, shop, {onStep}))
        },
      )
      assert.equal(error.code, 'CONNECTION_LOST')
      assert.match(error.message, /1\.0\.0 was being committed: it was not committed$/)
      assert.equal(error.details['committed'], false)
      assert.deepEqual((await ledgerOf(url)).releases, [])
      assert.deepEqual((await apply(url, shop, {waitLock: 20})).applied, ['1.0.0', '1.1.0'])
    })
  })

  it('at the COMMIT after it arrived was committed', async () => {
    await withEngine(engine, async ({url}) => {
      let commits = 0
      let broken = false
      const rules = {
        fromClient: (message: Message) => {
          if (queryText(message).endsWith('COMMIT')) commits += 1
        },
        // the answer never comes
        fromServer: () => commits < 2 || broken,
      }
      const error = await withProxy(url, rules, (through, cut) => {
        const onStep = ({type}: Step) => {
          if (type !== 'committing') return
          setTimeout(() => {
            broken = commits === 2
            cut()
          }, 200)
        }
        return failureOf(apply(through, shop, {onStep}))
      })
      assert.match(error.message, /it was committed$/)
      assert.equal(error.details['committed'], true)
      const {releases} = await ledgerOf(url)
      assert.deepEqual(
        releases.map(({version, state}) => [version, state]),
        [['1.0.0', 'applied']],
      )
      assert.deepEqual((await apply(url, shop)).applied, ['1.1.0'])
    })
  })

  it('inside a script rolled back', async () => {
    await withEngine(engine, async ({url}) => {
      const slow = artifact([
        {version: '1.0.0', files: {a: 'create table a ()', b: 'select pg_sleep(60)'}},
      ])
      const failed = failureOf(apply(url, slow))
      await withClient(url, async (client) => {
        const sql =
          "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
        while ((await client.query(sql)).rowCount === 0);
      })
      const error = await failed
      assert.equal(error.code, 'CONNECTION_LOST')
      assert.equal(error.details['state'], 'the database is still without a release')
      assert.deepEqual((await ledgerOf(url)).releases, [])
    })
  })
})

describePostgres('a server that cannot do it', (engine) => {
  it('is refused where it is set to read only, before anything is begun', async () => {
    await withEngine(engine, ({url}) =>
      withRole(url, async (role, own) => {
        await withClient(url, (client) =>
          client.query(
            `alter role ${role} superuser; alter role ${role} set default_transaction_read_only = on`,
          ),
        )
        const error = await failureOf(apply(own, shop))
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.message, /read only/)
        await apply(url, shop)
        assert.deepEqual((await apply(own, shop)).applied, [], 'with nothing to do it is fine')
      }),
    )
  })

  it('is refused behind a transaction pooler only where a script needs a session', async () => {
    await withEngine(engine, async ({url}) => {
      await withProxy(url, {fromServer: disguise}, async (through) => {
        assert.deepEqual((await apply(through, shop)).applied, ['1.0.0', '1.1.0'])
        const index = {sql: 'vacuum a', transaction: false}
        const more = artifact([...shopSources, {version: '1.2.0', files: {c: index}}])
        const error = await failureOf(apply(through, more))
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.hint ?? '', /database\.directUrl/)
      })
    })
  })
})

const shopSources = [
  {version: '1.0.0', files: {a: 'create table a ()'}},
  {version: '1.1.0', files: {b: 'create table b ()'}},
]

describePostgres('settings of role and database', (engine) => {
  it('do not get in the way, however hostile', async () => {
    await withEngine(engine, ({url}) =>
      withRole(url, async (role, own) => {
        const hostile = [
          `alter role ${role} superuser`,
          ...[
            "statement_timeout = '1s'",
            "lock_timeout = '1ms'",
            "idle_in_transaction_session_timeout = '50ms'",
            ...(engine === 'postgres15' ? [] : ["transaction_timeout = '50ms'"]),
            "default_transaction_isolation = 'serializable'",
            'default_transaction_deferrable = on',
            'standard_conforming_strings = off',
            "search_path = 'nowhere'",
            "session_replication_role = 'replica'",
            'row_security = off',
            "datestyle = 'German'",
            "timezone = 'Asia/Kathmandu'",
            "intervalstyle = 'sql_standard'",
            "bytea_output = 'escape'",
            "client_min_messages = 'error'",
            'quote_all_identifiers = on',
            'escape_string_warning = off',
            "lc_messages = 'C'",
            "client_encoding = 'LATIN1'",
            "default_tablespace = 'nowhere'",
            "temp_tablespaces = 'nowhere'",
            'extra_float_digits = 0',
            'check_function_bodies = off',
            'transform_null_equals = on',
            'backslash_quote = off',
            "xmlbinary = 'hex'",
            'enable_seqscan = off',
            'work_mem = 64',
          ].map((setting) => `alter role ${role} set ${setting}`),
        ]
        await withClient(url, (client) => client.query(hostile.join(';\n')))
        const slow = artifact([
          {
            version: '1.0.0',
            files: {
              a: 'create table public.a (); select pg_sleep(1.2)',
              b: "create table public.b as select '\\'::text as c, 'é😀'::text as d",
            },
          },
        ])
        assert.deepEqual(
          (await apply(own, slow, {onStep: slowly, searchPath: ['public']})).applied,
          ['1.0.0'],
        )
        const [release] = (await ledgerOf(url)).releases
        assert.equal(release?.role, role)
        assert.ok(Math.abs(Date.parse(release?.startedAt ?? '') - Date.now()) < 60_000)
      }),
    )
  })

  it('of squizzle itself limit a script', async () => {
    await withEngine(engine, async ({url}) => {
      const slow = {sql: 'select pg_sleep(60)', statementTimeout: '100ms'}
      const byScript = await failureOf(apply(url, artifact([{version: '1.0.0', files: {a: slow}}])))
      assert.equal(byScript.details['sqlstate'], '57014')
      assert.match(byScript.hint ?? '', /--statement-timeout/)
      const all = artifact([{version: '1.0.0', files: {a: 'select pg_sleep(60)'}}])
      const byOption = await failureOf(apply(url, all, {statementTimeout: '100ms'}))
      assert.equal(byOption.details['sqlstate'], '57014')
    })
  })

  it('that PostgreSQL does not understand are a mistake of the configuration', async () => {
    await withEngine(engine, async ({url}) => {
      const error = await failureOf(apply(url, shop, {lockTimeout: 'soon'}))
      assert.equal(error.code, 'CONFIG_INVALID')
    })
  })

  it('give unqualified names their schema', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask('create schema tenant; select 1')
      await apply(url, artifact([{version: '1.0.0', files: {a: 'create table a ()'}}]), {
        searchPath: ['tenant', 'public'],
      })
      assert.deepEqual(
        await ask("select schemaname as name from pg_tables where tablename = 'a'"),
        [{name: 'tenant'}],
      )
    })
  })
})
