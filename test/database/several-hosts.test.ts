import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:net'
import type {AddressInfo} from 'node:net'
import type {Step} from '../../src/database/apply/steps.ts'
import {openDatabase} from '../../src/database/open.ts'
import {withClient, withReplica} from '../support/database.ts'
import {describeWith, service} from '../support/services.ts'
import {apply, failureOf, ledgerOf, withSession} from './support/apply.ts'
import {artifact} from './support/artifact.ts'
import {withRole} from './support/engines.ts'
import {queryText, withProxy} from './support/proxy.ts'

const shop = artifact([
  {version: '1.0.0', files: {a: 'create table a ()'}},
  {version: '1.1.0', files: {b: 'create table b ()'}},
])

/** One URL that names the servers of several, in their order. */
function several(urls: readonly string[], query = ''): string {
  const [first] = urls.map((url) => new URL(url))
  const hosts = urls.map((url) => new URL(url).host).join(',')
  const account = first?.password ? `${first.username}:${first.password}` : first?.username
  return `postgres://${account}@${hosts}${first?.pathname}?connect_timeout=2&${query}`
}

/** Nobody listens there. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const {port} = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `postgres://postgres@127.0.0.1:${port}/x`
}

const isStandby = (url: string) => withSession(url, ({server}) => Promise.resolve(server.standby))

describeWith(['postgres15-standby'], 'a URL of several servers', () => {
  it('leads to the one that takes writes, which an apply needs', () =>
    withReplica(async ({primary, standby}) => {
      const url = several([standby, await deadUrl(), primary])
      assert.deepEqual((await apply(url, shop)).applied, ['1.0.0', '1.1.0'])
      assert.equal((await ledgerOf(primary)).releases.length, 2)
      await withSession(url, (session) => {
        assert.equal(session.name, primary, 'the server that it found')
        return Promise.resolve()
      })
    }))

  it('leads to any that can be read where none takes writes', () =>
    withReplica(async ({standby}) => {
      assert.equal(await isStandby(several([standby, await deadUrl()])), true)
    }))

  it('leads where target_session_attrs says', () =>
    withReplica(async ({primary, standby}) => {
      const orders = [
        [primary, standby],
        [standby, primary],
      ]
      for (const [attrs, expected] of [
        ['any', [false, true]],
        ['read-write', [false, false]],
        ['primary', [false, false]],
        ['read-only', [true, true]],
        ['standby', [true, true]],
        ['prefer-standby', [true, true]],
      ] as const) {
        const found = []
        for (const order of orders) {
          found.push(await isStandby(several(order, `target_session_attrs=${attrs}`)))
        }
        assert.deepEqual(found, expected, attrs)
      }
      assert.equal(
        await isStandby(several([primary], 'target_session_attrs=prefer-standby')),
        false,
      )
      const none = await failureOf(openDatabase(several([standby], 'target_session_attrs=primary')))
      assert.equal(none.code, 'UNREACHABLE')
      assert.match(none.message, /is a standby$/)
      const unknown = openDatabase(several([primary], 'target_session_attrs=leader'))
      assert.equal((await failureOf(unknown)).code, 'CONFIG_INVALID')
    }))

  it('names each server where none can be reached', async () => {
    const urls = [await deadUrl(), await deadUrl()]
    const error = await failureOf(openDatabase(several(urls)))
    assert.equal(error.code, 'UNREACHABLE')
    for (const url of urls) assert.ok(error.message.includes(url), error.message)
  })

  it('is not tried further after a wrong password', () =>
    withReplica(({primary}) =>
      withRole(primary, async (_role, own) => {
        let visitors = 0
        await withProxy(own, {fromClient: () => void (visitors += 1)}, async (second) => {
          const wrong = Object.assign(new URL(own), {password: 'wrong'}).href
          const error = await failureOf(openDatabase(several([wrong, second])))
          assert.equal(error.code, 'AUTHENTICATION_REQUIRED')
        })
        assert.equal(visitors, 0)
      }),
    ))

  it('is asked for the outcome of a COMMIT only where that was made, not on a standby that lags', () =>
    withReplica(async ({primary, standby}) => {
      const replay = (sql: string) =>
        withClient(service('postgres15-standby').url, (c) => c.query(sql))
      let commits = 0
      let away = false
      let askedStandby = 0
      const rules = {
        fromClient: (message: Parameters<typeof queryText>[0]) => {
          if (queryText(message).endsWith('COMMIT')) commits += 1
          return !away
        },
        fromServer: () => commits < 2 && !away,
      }
      const visits = {
        fromClient: ({type}: {type: string}) => {
          if (type !== '') return
          askedStandby += 1
          // the primary is back once the standby was met
          away = askedStandby < 2
          if (!away) commits = 0
        },
      }
      await replay('select pg_wal_replay_pause()')
      try {
        const error = await withProxy(primary, rules, (first, cut) =>
          withProxy(standby, visits, (second) => {
            const onStep = ({type}: Step) => {
              if (type !== 'committing') return
              setTimeout(() => {
                away = commits === 2
                if (away) cut()
              }, 200)
            }
            const url = several([first, second], 'sslmode=disable')
            return failureOf(apply(url, shop, {onStep}))
          }),
        )
        assert.match(error.message, /1\.0\.0 was being committed: it was committed$/)
        assert.ok(askedStandby >= 2, `${askedStandby} connections to the standby`)
      } finally {
        await replay('select pg_wal_replay_resume()')
      }
      const rest = (await apply(primary, shop)).applied
      assert.deepEqual(rest, ['1.1.0'])
    })).timeout(180_000)
})

describeWith(['postgres15-standby'], 'a hot standby', () => {
  it('is refused by an apply before anything is begun, and may be planned for', () =>
    withReplica(async ({primary, standby, replicated}) => {
      const error = await failureOf(apply(standby, shop))
      assert.equal(error.code, 'CONFIG_INVALID')
      assert.match(error.message, /is a standby: nothing can be written there/)
      assert.match(error.hint ?? '', /primary/)
      await apply(primary, shop)
      await replicated()
      assert.deepEqual((await apply(standby, shop)).applied, [], 'with nothing to do it is fine')
    }))
})
