import assert from 'node:assert/strict'
import {apply} from '../../src/operations/apply.ts'
import type {Step} from '../../src/operations/report.ts'
import {readCatalogue} from '../support/catalogue.ts'
import {withClient, withTestDatabase, type PostgresServer} from '../support/database.ts'
import {databaseAt, withWorld, type Machine} from '../support/project.ts'
import {dumpSchema} from '../support/psql.ts'
import {describeWith, postgresServers} from '../support/services.ts'
import {pushShop} from '../support/shop-storage.ts'
import {newestVersion, versionsUpTo} from '../support/shop.ts'

const everyVersion = versionsUpTo(newestVersion)

const catalogueOf = (url: string) =>
  withClient(url, (client) =>
    readCatalogue(async (sql) => (await client.query(sql)).rows, {without: ['squizzle']}),
  )

/** Releases of the example shop in a storage, and a machine that has only its configuration. */
const withOps = (server: PostgresServer, story: (ops: Machine, url: string) => Promise<void>) =>
  withWorld(async ({machine}) => {
    await pushShop(await machine('dev'))
    await withTestDatabase(server, async (url) => story(await machine('ops'), url))
  })

/** Applies all that the storage has. @returns the schema after each release, asked past squizzle */
async function applyAll({context}: Machine, url: string): Promise<Map<string | undefined, string>> {
  const seen = new Map<string | undefined, string>([[undefined, await catalogueOf(url)]])
  const report = async (step: Step) => {
    if (step.type === 'release-applied') seen.set(step.release, await catalogueOf(url))
  }
  const input = {dryRun: false, allowAhead: false, allowNonempty: false, offline: false}
  const author = {by: 'tester', host: 'here', toolVersion: '1.2.3'}
  await apply({...context, report}, {...input, author, database: databaseAt(url)})
  return seen
}

for (const server of postgresServers) {
  describeWith([server], `the example shop, rolled back on ${server}`, () => {
    it('has with every release, newest to first, the schema that it had before, and forward again too', () =>
      withOps(server, async (ops, url) => {
        const before = await applyAll(ops, url)
        assert.equal(before.size, everyVersion.length + 1)
        const undone: string[] = []
        for (;;) {
          const result = await ops.rollback(url)
          if (result.undone.length === 0) break
          undone.push(...result.undone)
          assert.equal(await catalogueOf(url), before.get(result.to), `back at ${result.to}`)
        }
        assert.deepEqual(undone, [...before.keys()].slice(1).toReversed())
        assert.deepEqual(await applyAll(ops, url), before)
      })).timeout(180_000)

    it('goes back in the order of its own line, where the hotfix came before 1.2.0', () =>
      withOps(server, async (ops, url) => {
        await ops.apply(url, {reference: '1.1.1'})
        const hotfixed = await catalogueOf(url)
        await ops.apply(url, {reference: '1.3.0'})
        const {undone} = await ops.rollback(url, '1.1.1')
        assert.deepEqual(undone, ['1.3.0', '1.2.0'])
        assert.equal(await catalogueOf(url), hotfixed)
      })).timeout(120_000)
  })
}

describeWith(['postgres15', 'pg_dump'], 'the example shop, rolled back to a version', () => {
  it('is, byte for byte, what it is when only that version was applied', () =>
    withOps('postgres15', (ops, url) =>
      withTestDatabase('postgres15', async (plain) => {
        const target = everyVersion[1] ?? ''
        await ops.apply(plain, {reference: target})
        await ops.apply(url)
        const {to, undone} = await ops.rollback(url, target)
        assert.equal(to, target)
        assert.equal(undone.length, everyVersion.length - 2)
        const dump = (database: string) => dumpSchema(database, '-N', 'squizzle')
        assert.equal(await dump(url), await dump(plain))
      }),
    )).timeout(120_000)
})
