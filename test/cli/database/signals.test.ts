import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {withProxy} from '../../database/support/proxy.ts'
import type {Message} from '../../database/support/proxy.ts'
import {withClient, withTestDatabase} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import type {Shell} from '../built.ts'
import {withShop} from './shop.ts'

/** A release that waits for a lock of somebody else for as long as that one likes. */
async function releaseWaiting({write, ok}: Shell): Promise<void> {
  await write({
    'db/0003_c.sql': 'create table c ();\n',
    'db/0004_a.sql': '-- squizzle: lock-timeout=0\nalter table a add column i int;\n',
  })
  await ok('build 1.2.0')
  await ok('push 1.2.0')
}

const waiting = "select from pg_locks where not granted and relation = 'a'::regclass"

/** Runs the work while a transaction keeps the table; it ends once the work is done. */
async function whileLocked(url: string, work: () => Promise<void>): Promise<void> {
  await withClient(url, async (traffic) => {
    await traffic.query('begin; select from a')
    await work()
    await traffic.query('commit')
  })
}

async function untilWaiting(url: string): Promise<void> {
  await withClient(url, async (client) => {
    while ((await client.query(waiting)).rowCount === 0);
  })
}

describeWith(['postgres15'], 'an apply that a signal ends', () => {
  for (const [signal, code, word] of [
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
  ] as const) {
    it(`${signal} cancels its statement, leaves nothing behind, and is gone on with`, () =>
      withShop((shop) =>
        withTestDatabase('postgres15', async (url) => {
          const env = {DATABASE_URL: url}
          await shop.ok('apply 1.1.0', env)
          await releaseWaiting(shop)
          await whileLocked(url, async () => {
            const run = shop.start('apply', env)
            await untilWaiting(url)
            run.kill(signal)
            const {exitCode, stderr} = await run.ended
            assert.equal(exitCode, code, stderr)
            assert.match(
              stderr,
              new RegExp(`^Error: ${word}: the database is still at 1\\.1\\.0$`, 'm'),
            )
            const left = await withClient(url, (client) =>
              client.query(
                `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
                 union all
                 ${waiting} union all select from pg_class where relname = 'c'`,
              ),
            )
            assert.equal(left.rowCount, 0)
          })
          await shop.ok('apply', env)
          const {rows} = await withClient(url, (client) =>
            client.query('select kind from squizzle.events order by id'),
          )
          assert.deepEqual(
            rows.map(({kind}) => kind as string),
            ['apply', 'applied', 'applied', 'apply', 'interrupted', 'apply', 'applied'],
          )
        }),
      )).timeout(180_000)
  }

  it('twice ends at once where the server does not listen, and is gone on with', () =>
    withShop((shop) =>
      withTestDatabase('postgres15', async (url) => {
        await shop.ok('apply 1.1.0', {DATABASE_URL: url})
        await releaseWaiting(shop)
        // a cancel request comes by a connection of its own, as a first message of 16 bytes
        const fromClient = ({type, bytes}: Message) => type !== '' || bytes.length !== 16
        await withProxy(url, {fromClient}, (through) =>
          whileLocked(url, async () => {
            const run = shop.start('apply', {DATABASE_URL: through})
            await untilWaiting(url)
            run.kill('SIGTERM')
            await run.until('cleaning up')
            // npm and npx repeat a signal: what comes at once is no second one
            await sleep(400)
            run.kill('SIGTERM')
            const {exitCode, stderr} = await run.ended
            assert.equal(exitCode, 143)
            assert.doesNotMatch(stderr, /Error:/)
          }),
        )
        assert.match(await shop.ok('apply', {DATABASE_URL: url}), /^Applied 1\.2\.0$/m)
      }),
    )).timeout(180_000)
})
