import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import {withClient} from '../../../test/support/database.ts'
import type {Client} from 'pg'
import {service} from '../../../test/support/services.ts'
import type {Figure} from '../figure.ts'
import {withCopy} from '../support/databases.ts'
import {percentile} from '../support/percentile.ts'
import {repeated} from '../support/repeated.ts'
import {startApply} from '../support/victim.ts'

/** What a server may be at when its client dies: it waits, computes, or waits for somebody else's lock. */
const statements = {
  sleeping: 'select pg_sleep(600)',
  computing: 'select count(*) from generate_series(1, 1000000000000)',
  waiting: 'select pg_advisory_lock(1)',
} as const

/** Seconds after which a lock counts as left for good. */
const limit = 30

/** A process dies while the server runs a long statement for it: how soon can the next run begin? */
export const lockRelease: Figure = {
  name: 'lock-release',
  runs: 'kills inside a long statement',
  least: {short: 12, long: 300},
  faults: [`locks still taken after ${limit} seconds`],
  torture: async ({form, random, run, note}) => {
    const server = service('postgres15').url
    const runs = repeated(Object.entries(statements), lockRelease.least[form]).map(
      ([name, sql], index) => ({
        label: `kill ${index + 1}, ${name}`,
        sql,
        delay: random.below(500),
      }),
    )
    const seconds: number[] = []
    await inParallel(runs, 4, ({label, sql, delay}) =>
      run(label, () =>
        withCopy(server, undefined, async (url) => {
          seconds.push(await secondsUntilFree(url, sql, delay))
        }),
      ),
    )
    if (seconds.length === 0) return
    const [p50, p99] = [percentile(seconds, 0.5), percentile(seconds, 0.99)]
    note(`the lock was free after ${p50.toFixed(2)} s (median), ${p99.toFixed(2)} s (p99)`)
  },
}

async function secondsUntilFree(url: string, sql: string, delay: number): Promise<number> {
  return withClient(url, async (client) => {
    await client.query('select pg_advisory_lock(1)')
    const files = {long: {sql, lockTimeout: '60s'}}
    const victim = startApply(url, [{version: '1.0.0', files}])
    const isBusy = async () =>
      (await others(client, `a.state = 'active' and a.query like '%${sql}%'`)) > 0
    while (!(await isBusy())) await sleep(10)
    await sleep(delay)
    victim.kill('SIGKILL')
    const began = performance.now()
    const passed = () => (performance.now() - began) / 1000
    while ((await others(client, 'l.granted')) > 0) {
      assert.ok(passed() < limit, 'the lock is not free')
      await sleep(5)
    }
    await victim.ended
    return passed()
  })
}

/** Advisory locks of other sessions in this database. */
async function others(client: Client, condition: string): Promise<number> {
  const {rowCount} = await client.query(
    `select from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.pid <> pg_backend_pid() and a.datname = current_database() and ${condition}`,
  )
  return rowCount ?? 0
}
