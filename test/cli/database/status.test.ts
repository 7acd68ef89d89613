import assert from 'node:assert/strict'
import {lockKey} from '../../../src/database/lock.ts'
import {withClient, withTestDatabase} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import {withShop} from './shop.ts'

/** What a status says of a database that was brought to 1.1.0, then changed by hand or compared with something else. */
const cases = [
  ['ahead', '', 'status 1.0.0 --exit-code', 5, /^The database is ahead: .*\.\nAdd --allow-ahead/m],
  [
    'diverged',
    `update squizzle.releases set diff_id = 'sha256:${'1'.repeat(64)}' where position = 2`,
    'status --exit-code',
    5,
    /^The database has other content under 1\.1\.0 than the artifact\.$/m,
  ],
  [
    'on another line',
    "update squizzle.releases set version = '1.2.0' where position = 2",
    'status --exit-code',
    5,
    /^The database is on another line: it has 1\.2\.0, .*\.\n.*--merge 1\.2\.0\.$/m,
  ],
  [
    'on the line of a pre-release',
    "update squizzle.releases set version = '1.2.0-rc.1' where position = 2",
    'status --exit-code',
    5,
    /^Roll 1\.2\.0-rc\.1 back, or build on it with --base 1\.2\.0-rc\.1\.$/m,
  ],
  [
    'of another project',
    "update squizzle.meta set project = 'billing'",
    'status --exit-code',
    5,
    /^The database belongs to the project billing, the artifact to shop\.$/m,
  ],
] as const

describeWith(['postgres15'], 'status', () => {
  for (const [what, sql, args, exit, expected] of cases) {
    it(`says that a database is ${what}, and what to do, as apply does`, () =>
      withShop(({ok, run}) =>
        withTestDatabase('postgres15', async (url) => {
          const env = {DATABASE_URL: url}
          await ok('apply', env)
          await withClient(url, (client) => client.query(sql))
          const {exitCode, stdout} = await run(args, env)
          assert.equal(exitCode, exit)
          assert.match(stdout, expected)
          const applied = await run(
            args.replace('status', 'apply').replace(' --exit-code', ''),
            env,
          )
          assert.equal(applied.exitCode, exit, applied.stderr)
        }),
      )).timeout(180_000)
  }

  it('does not believe a ledger that the artifact contradicts', () =>
    withShop(({ok, run}) =>
      withTestDatabase('postgres15', async (url) => {
        const env = {DATABASE_URL: url}
        await ok('apply', env)
        await withClient(url, (client) =>
          client.query("update squizzle.migrations set name = '0009_z' where release = 2"),
        )
        for (const command of ['status', 'apply', 'status --require production']) {
          const {exitCode, stderr} = await run(command, env)
          assert.equal(exitCode, 6, command)
          assert.match(stderr, /^Error: the ledger disagrees with the artifact on 1\.1\.0: /m)
        }
      }),
    )).timeout(180_000)

  it('names the session of a run that is under way', () =>
    withShop(({ok}) =>
      withTestDatabase('postgres15', (url) =>
        withClient(url, async (run) => {
          const env = {DATABASE_URL: url}
          assert.doesNotMatch(await ok('status', env), /under way/)
          await run.query("set application_name = 'night shift'")
          await run.query(`select pg_advisory_lock(${lockKey('squizzle', 'shop')})`)
          assert.match(
            await ok('status', env),
            /^A run is under way: process \d+ \(night shift\) on 127\.0\.0\.1 since \S+: select pg_advisory_lock/m,
          )
        }),
      ),
    )).timeout(180_000)

  it('lets an application of an older version start on a database that is ahead', () =>
    withShop(({ok}) =>
      withTestDatabase('postgres15', async (url) => {
        const env = {DATABASE_URL: url}
        await ok('apply', env)
        assert.match(await ok('apply 1.0.0 --allow-ahead', env), / is ahead, at 1\.1\.0: /)
        await ok('status --require 1.0.0', env)
      }),
    )).timeout(180_000)
})
