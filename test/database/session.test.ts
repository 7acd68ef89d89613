import assert from 'node:assert/strict'
import type {Notice} from '../../src/database/session.ts'
import {SqlError} from '../../src/database/sql-error.ts'
import {withClient} from '../support/database.ts'
import {withSession} from './support/apply.ts'
import {describeEngines, describePostgres, withEngine} from './support/engines.ts'

const sqlError = (code: string) => (error: unknown) =>
  error instanceof SqlError && error.code === code

describeEngines('a session', (engine) => {
  it('gives the rows of all statements as text', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        const rows = await session.query(
          "select 1 as a, null as b; select true as c; select 'x' as d",
        )
        assert.deepEqual(rows, [{a: '1', b: null}, {c: 't'}, {d: 'x'}])
      }),
    )
  })

  it('knows where the server is in a transaction, also after an error', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        assert.equal(session.transactionStatus, 'idle')
        await session.run('begin; select 1')
        assert.equal(session.transactionStatus, 'open')
        await assert.rejects(session.run('select 1/0'), sqlError('22012'))
        assert.equal(session.transactionStatus, 'failed')
        await session.run('rollback')
        assert.equal(session.transactionStatus, 'idle')
      }),
    )
  })

  it('says how far it came when a statement fails', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        const marks: unknown[] = []
        const sql = "select 1; select 'a' as mark; select 2; select 3; select 1/0; select 4"
        const listener = {marker: 'mark', onMark: (row: unknown) => marks.push(row)}
        const error = await session.run(sql, listener).catch((reason: unknown) => reason)
        assert.ok(error instanceof SqlError)
        assert.deepEqual(error.progress, {marks: 1, completed: 2})
        assert.deepEqual(marks, [{mark: 'a'}])
      }),
    )
  })

  it('gives the position of an error in characters', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        const error = await session
          .run("select '😀é'; select oops")
          .catch((reason: unknown) => reason)
        assert.ok(error instanceof SqlError)
        assert.equal(error.position, 21)
      }),
    )
  })

  it('hears notices', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        const notices: Notice[] = []
        const stop = session.onNotice((notice) => notices.push(notice))
        await session.run("do $$ begin raise notice 'hello' using detail = 'there'; end $$")
        stop()
        await session.run("do $$ begin raise notice 'unheard'; end $$")
        assert.deepEqual(notices, [
          {severity: 'NOTICE', code: '00000', message: 'hello', detail: 'there'},
        ])
      }),
    )
  })

  it('refuses a COPY that waits for data, and lives on', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        await session.run('create table t (i int)')
        await assert.rejects(session.run('select 1; copy t from stdin'), sqlError('57014'))
        assert.deepEqual(await session.query('select count(*) as n from t'), [{n: '0'}])
      }),
    )
  })

  it('drops the data of a COPY to the client', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        await session.run('copy (select generate_series(1, 1000)) to stdout')
        assert.deepEqual(await session.query('select 1 as n'), [{n: '1'}])
      }),
    )
  })

  it('knows what it talks to', async () => {
    await withEngine(engine, ({url, ask}) =>
      withSession(url, async (session) => {
        const {server} = session
        assert.equal(session.engine, engine === 'pglite' ? 'pglite' : 'postgresql')
        assert.equal(server.encoding, 'UTF8')
        assert.deepEqual([server.pooled, server.standby, server.readOnly], [false, false, false])
        if (engine === 'pglite') return
        const [row] = await ask("select current_setting('server_version_num')::int as version")
        assert.equal(server.version, row?.['version'])
      }),
    )
  })
})

describePostgres('a session', (engine) => {
  it('reads a million rows in little memory', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        const before = process.memoryUsage.rss()
        await session.run("select i, repeat('x', 200) from generate_series(1, 1000000) i")
        const grown = (process.memoryUsage.rss() - before) / 1e6
        assert.ok(grown < 150, `${grown} MB`)
      }),
    )
  })

  it('calls itself squizzle, unless the URL has another name', async () => {
    await withEngine(engine, async ({url}) => {
      assert.deepEqual(await applicationName(url), [{name: 'squizzle'}])
      assert.deepEqual(await applicationName(`${url}?application_name=mine`), [{name: 'mine'}])
    })
  })

  it('cancels what runs', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        const canceled = assert.rejects(session.run('select pg_sleep(20)'), sqlError('57014'))
        await untilAsleep(url, session.server.backend)
        await session.cancel()
        await canceled
        assert.deepEqual(await session.query('select 1 as n'), [{n: '1'}])
      }),
    )
  })

  it('says that the connection broke, then and later', async () => {
    await withEngine(engine, ({url}) =>
      withSession(url, async (session) => {
        const {backend} = session.server
        const running = session.run('select pg_sleep(20)')
        const ended = assert.rejects(running, {
          code: 'CONNECTION_LOST',
          details: {sqlstate: '57P01'},
        })
        await withClient(url, (client) =>
          client.query('select pg_terminate_backend($1)', [backend]),
        )
        await ended
        assert.ok(session.lost)
        await assert.rejects(session.query('select 1'), {code: 'CONNECTION_LOST'})
        const again = await session.reopen()
        assert.deepEqual(await again.query('select 1 as n'), [{n: '1'}])
        await again.close()
      }),
    )
  })
})

function applicationName(url: string): Promise<unknown> {
  return withSession(url, (session) =>
    session.query("select current_setting('application_name') as name"),
  )
}

async function untilAsleep(url: string, backend: number): Promise<void> {
  const sql = "select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'"
  await withClient(url, async (client) => {
    while ((await client.query(sql, [backend])).rowCount === 0);
  })
}
