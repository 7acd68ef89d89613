import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect, createServer} from 'node:net'
import type {AddressInfo} from 'node:net'
import {withRole} from '../../database/support/engines.ts'
import {withClient, withReplica, withTestDatabase} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import {withShell} from '../built.ts'
import {bare, withShop} from './shop.ts'

/** A port that nobody listens on yet; `open` leads it to a server. */
async function closedDoor(url: string) {
  const {hostname, port} = new URL(url)
  const door = createServer((client) => {
    const server = connect(Number(port), hostname)
    client.pipe(server).pipe(client)
    for (const socket of [client, server]) socket.on('error', () => undefined)
    client.on('close', () => server.destroy())
  })
  let visitors = 0
  door.on('connection', () => (visitors += 1))
  await once(door.listen(0, '127.0.0.1'), 'listening')
  const place = door.address() as AddressInfo
  const shut = () => new Promise<void>((resolve) => door.close(() => resolve()))
  await shut()
  return {
    url: Object.assign(new URL(url), {port: place.port}).href,
    open: () => once(door.listen(place.port, '127.0.0.1'), 'listening'),
    shut,
    visitors: () => visitors,
  }
}

describeWith(['postgres15'], 'status --require', () => {
  it('waits for a database that is not there, then for the release, and says what it waits for', () =>
    withShop((shop) =>
      withTestDatabase('postgres15', (url) =>
        withShell(async (container) => {
          const door = await closedDoor(url)
          const waiting = container.start('status --require 1.1.0 --wait 120', bare(door.url))
          await waiting.until(/^waiting for 1\.1\.0: the database cannot be reached at .*REFUSED/m)
          await door.open()
          try {
            await waiting.until('waiting for 1.1.0: the database has no release yet')
            await shop.ok('apply 1.0.0', {DATABASE_URL: url})
            await waiting.until('waiting for 1.1.0: the database is at 1.0.0')
            await shop.ok('apply 1.1.0', {DATABASE_URL: url})
            const {exitCode, stdout, stderr} = await waiting.ended
            assert.equal(exitCode, 0, stderr)
            assert.match(stdout, /^postgres:.* has 1\.1\.0\n$/)
            assert.equal(stderr.match(/^waiting/gm)?.length, 3, 'each reason is said once')
            assert.doesNotMatch(stderr, /Warning|Error/)
          } finally {
            await door.shut()
          }
        }),
      ),
    )).timeout(120_000)

  it('ends with 9 where the release is not there in time, with 3 where nobody could be asked', () =>
    withTestDatabase('postgres15', (url) =>
      withShell(async ({run}) => {
        const now = await run('status --require v2.0.0', bare(url))
        assert.equal(now.exitCode, 9)
        assert.match(
          now.stderr,
          /^Error: 2\.0\.0 is not in postgres:\S+ now: the database has no release yet\n/m,
        )
        const later = await run('status --require 2.0.0 --wait 1 --json', bare(url))
        assert.equal(later.exitCode, 9)
        const {error} = JSON.parse(later.stdout) as {error: {code: string}}
        assert.equal(error.code, 'PENDING')
        const door = await closedDoor(url)
        assert.equal((await run('status --require 2.0.0 --wait 1', bare(door.url))).exitCode, 3)
        assert.equal(door.visitors(), 0)
      }),
    )).timeout(180_000)

  it('does not wait for what no waiting will change', () =>
    withShop((shop) =>
      withTestDatabase('postgres15', (url) =>
        withShell(async (container) => {
          await shop.ok('apply', {DATABASE_URL: url})
          const wrong = Object.assign(new URL(url), {username: 'app', password: 'wrong'}).href
          const refused = await container.run('status --require 1.0.0 --wait 600', bare(wrong))
          assert.equal(refused.exitCode, 4, refused.stderr)
          const nowhere = Object.assign(new URL(url), {pathname: 'nowhere'}).href
          const missing = await container.run('status --require 1.0.0 --wait 600', bare(nowhere))
          assert.equal(missing.exitCode, 2, missing.stderr)
          await withClient(url, (client) => client.query('update squizzle.meta set format = 2'))
          const newer = await container.run('status --require 1.0.0 --wait 600', bare(url))
          assert.equal(newer.exitCode, 6, newer.stderr)
        }),
      ),
    )).timeout(180_000)

  it('of a tag means all releases of its artifact, with the same content', () =>
    withShop((shop) =>
      withTestDatabase('postgres15', async (url) => {
        const env = {DATABASE_URL: url}
        await shop.ok('apply 1.0.0', env)
        const behind = await shop.run('status --require production', env)
        assert.equal(behind.exitCode, 9)
        assert.match(
          behind.stderr,
          /production \(1\.1\.0\) is not in .* now: the database is at 1\.0\.0/,
        )
        await shop.ok('apply', env)
        assert.match(await shop.ok('status --require production', env), / has production \(1\.1/)
        await withClient(url, (client) =>
          client.query(
            `update squizzle.releases set diff_id = 'sha256:${'1'.repeat(64)}' where position = 2`,
          ),
        )
        const other = await shop.run('status --require production --wait 600', env)
        assert.equal(other.exitCode, 5, other.stderr)
        assert.match(other.stderr, /other content under 1\.1\.0/)
      }),
    )).timeout(180_000)

  it('is asked by a role that may only read', () =>
    withShop((shop) =>
      withTestDatabase('postgres15', (url) =>
        withRole(url, async (role, own) => {
          assert.equal((await shop.run('status --require 1.1.0', bare(own))).exitCode, 9)
          await shop.ok('apply', {DATABASE_URL: url})
          await withClient(url, (client) =>
            client.query(
              `grant usage on schema squizzle to ${role}; grant select on all tables in schema squizzle to ${role}; alter role ${role} set default_transaction_read_only = on`,
            ),
          )
          await shop.ok('status --require 1.1.0', bare(own))
        }),
      ),
    )).timeout(180_000)

  it('ends where a signal comes while it waits', () =>
    withTestDatabase('postgres15', (url) =>
      withShell(async ({start}) => {
        const waiting = start('status --require 1.0.0 --wait 600', bare(url))
        await waiting.until('waiting for 1.0.0')
        waiting.kill('SIGTERM')
        assert.equal((await waiting.ended).exitCode, 143)
      }),
    ))

  it('is refused beside another version', () =>
    withShell(async ({run}) => {
      const {exitCode, stderr} = await run('status 1.0.0 --require 1.0.0', {CI: '1'})
      assert.equal(exitCode, 2, stderr)
      assert.equal((await run('status --wait 3', {CI: '1'})).exitCode, 2)
    }))
})

describeWith(['postgres15-standby'], 'status on a hot standby', () => {
  it('reads what has arrived there, before there is a ledger and after', () =>
    withShop((shop) =>
      withReplica(async ({primary, standby, replicated}) => {
        const env = {DATABASE_URL: standby}
        assert.match(
          await shop.ok('status', env),
          /^At: no release yet$[^]*^Pending: 1\.0\.0, 1\.1/m,
        )
        assert.equal((await shop.run('status --require 1.1.0', env)).exitCode, 9)
        assert.match(await shop.ok('apply --dry-run', env), /would go from nothing to 1\.1\.0/)
        await shop.ok('apply', {DATABASE_URL: primary})
        await replicated()
        await shop.ok('status --require 1.1.0', env)
        assert.match(await shop.ok('status --exit-code', env), /^Up to date with 1\.1\.0$/m)
        assert.match(await shop.ok('apply', env), /is up to date/)
      }),
    )).timeout(180_000)
})
