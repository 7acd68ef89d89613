import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {Client} from 'pg'
import {withClient} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import {apply, failureOf, ledgerOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describePostgres, withEngine} from '../support/engines.ts'

const first = {version: '1.0.0', files: {a: 'create table a ()'}}
const slow = (sql: string) =>
  artifact([first, {version: '1.1.0', files: {b: 'create table b ()', c: sql}}])
const mended = slow('create table c ()')

const asleep =
  "select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"

/** What is in the database must be what its ledger says. */
async function isAtFirst(url: string): Promise<void> {
  const {releases} = await ledgerOf(url)
  assert.deepEqual(
    releases.map(({version, state}) => [version, state]),
    [['1.0.0', 'applied']],
  )
  const {rows} = await withClient(url, (client) =>
    client.query("select tablename as name from pg_tables where schemaname = 'public' order by 1"),
  )
  assert.deepEqual(rows, [{name: 'a'}])
}

/** After a crash the server recovers, and lets nobody in meanwhile. */
async function untilUp(url: string): Promise<void> {
  for (;;) {
    const client = new Client(url)
    let up = true
    client.on('error', () => (up = false))
    await client.connect().catch(() => (up = false))
    await client.end().catch(() => undefined)
    if (up) return
    await sleep(50)
  }
}

describePostgres('a backend that is killed for its memory', (engine) => {
  it('takes the connection along, and nothing else: a re-run goes on', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const {pathname} = new URL(url)
      // what the tests' servers don't flush, a crash would lose
      await ask(`alter database ${pathname.slice(1)} set synchronous_commit to on; select 1`)
      const failed = failureOf(apply(url, slow('select pg_sleep(600)')))
      const pid = await withClient(url, async (client) => {
        for (;;) {
          const [row] = (await client.query(asleep)).rows as {pid: number}[]
          if (row !== undefined) return row.pid
        }
      })
      process.kill(pid, 'SIGKILL')
      const error = await failed
      assert.equal(error.code, 'CONNECTION_LOST')
      assert.equal(error.details['state'], 'the database is still at 1.0.0')
      assert.match(error.hint ?? '', /Run the same command again/)
      await untilUp(url)
      await isAtFirst(url)
      assert.deepEqual((await apply(url, mended)).applied, ['1.1.0'])
    })
  }).timeout(180_000)
})

describeWith(['postgres15'], 'a script that ends its own connection', () => {
  it('is told as what it is', async () => {
    await withEngine('postgres15', async ({url}) => {
      const error = await failureOf(
        apply(url, slow('select pg_terminate_backend(pg_backend_pid())')),
      )
      assert.equal(error.code, 'CONNECTION_LOST')
      assert.equal(error.details['sqlstate'], '57P01')
      assert.match(error.message, /terminating connection due to administrator command/)
      await isAtFirst(url)
    })
  })
})
