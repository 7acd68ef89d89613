import assert from 'node:assert/strict'
import {Client} from 'pg'
import {withClient, withReplica, withTestDatabase} from '../support/database.ts'
import {describeWith, postgresServers, service} from '../support/services.ts'

for (const server of postgresServers) {
  describeWith([server], `the service ${server}`, () => {
    it('is PostgreSQL of that major version', async () => {
      const {url, major} = service(server)
      const {rows} = await withClient(url, (client) => client.query('show server_version_num'))
      assert.equal(Math.trunc(rows[0].server_version_num / 10_000), major)
      assert.equal(server, `postgres${major}`)
    })

    it('gives each test a database of its own, and drops it after', async () => {
      const name = await withTestDatabase(server, (url) =>
        withClient(url, async (client) => {
          await client.query('create table only_here ()')
          const {rows} = await client.query('select current_database() as name')
          return rows[0].name
        }),
      )
      const {rows} = await withClient(service(server).url, (client) =>
        client.query('select count(*)::int from pg_database where datname = $1', [name]),
      )
      assert.deepEqual(rows, [{count: 0}])
    })

    it('wants the password of the role app', async () => {
      const {host, port, app} = service(server)
      const login = {host, port, user: app.user, database: 'postgres'}
      const right = new Client({...login, password: app.password})
      await right.connect()
      await right.end()
      const wrong = new Client({...login, password: 'wrong'})
      await assert.rejects(wrong.connect(), {code: '28P01'})
    })
  })
}

describeWith(['pgbouncer'], 'the service pgbouncer', () => {
  it('pools by transaction: one client meets the session of another', () =>
    withTestDatabase('pgbouncer', async (url) => {
      const pid = 'select pg_backend_pid() as pid'
      await withClient(url, (first) =>
        withClient(url, async (second) => {
          const before = await first.query(pid)
          assert.deepEqual((await second.query(pid)).rows, before.rows)
          await first.query('begin')
          const inside = await first.query(pid)
          assert.notDeepEqual((await second.query(pid)).rows, inside.rows)
          await first.query('commit')
        }),
      )
    }))

  it('can be passed by', async () => {
    const {directUrl, major} = service('pgbouncer')
    const {rows} = await withClient(directUrl, (client) => client.query('show server_version_num'))
    assert.equal(Math.trunc(rows[0].server_version_num / 10_000), major)
  })
})

describeWith(['pgbouncer-session'], 'the service pgbouncer-session', () => {
  it('pools by session: two clients never share one', () =>
    withTestDatabase('pgbouncer-session', async (url) => {
      const pid = 'select pg_backend_pid() as pid'
      await withClient(url, (first) =>
        withClient(url, async (second) => {
          const before = await first.query(pid)
          assert.notDeepEqual((await second.query(pid)).rows, before.rows)
          assert.deepEqual((await first.query(pid)).rows, before.rows)
        }),
      )
    }))
})

describeWith(['postgres15-standby'], 'the service postgres15-standby', () => {
  it('follows its primary, and takes no writes', () =>
    withReplica(async ({primary, standby, replicated}) => {
      await withClient(primary, (client) => client.query('create table only_here ()'))
      await replicated()
      await withClient(standby, async (client) => {
        await client.query('select from only_here')
        await assert.rejects(client.query('drop table only_here'), {code: '25006'})
      })
    }))
})
