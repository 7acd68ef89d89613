import assert from 'node:assert/strict'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {PGlite} from '@electric-sql/pglite'
import {releases} from '../../examples/shop/history/releases.ts'
import {readCatalogue} from '../support/catalogue.ts'
import {withClient, withTestDatabase, type PostgresServer} from '../support/database.ts'
import {withWorld, type World} from '../support/project.ts'
import {dumpSchema, psqlFile} from '../support/psql.ts'
import {withSession} from '../support/session.ts'
import {describeWith, postgresServers} from '../support/services.ts'
import {pushShop} from '../support/shop-storage.ts'
import {
  newestVersion,
  runScripts,
  runsInTransaction,
  shopSteps,
  versionsUpTo,
} from '../support/shop.ts'

const forwards = shopSteps(versionsUpTo(newestVersion))
  .flat()
  .map(({forward}) => forward)
const withoutLedger = {without: ['squizzle']}

/** A story that begins with every release of the shop in the storage. */
const withShop = (story: (world: World) => Promise<void>) =>
  withWorld(async (world) => {
    await pushShop(await world.machine('dev'))
    await story(world)
  })

const catalogueOf = (url: string) =>
  withClient(url, (client) =>
    readCatalogue(async (sql) => (await client.query(sql)).rows, withoutLedger),
  )

/** The schema that the plain files make, run in order by something that is not squizzle. */
const plainCatalogue = (engine: PostgresServer | 'pglite') =>
  withSession(engine, async ({run, query}) => {
    await runScripts(forwards, run)
    return readCatalogue(query)
  })

describeWith(['postgres15', 'psql', 'pg_dump'], 'the example shop on PostgreSQL 15', () => {
  it('has after apply, byte for byte, the schema that psql makes of the plain files', () =>
    withShop(({machine}) =>
      withTestDatabase('postgres15', (applied) =>
        withTestDatabase('postgres15', async (plain) => {
          const ops = await machine('ops')
          await ops.apply(applied)
          for (const file of forwards) {
            await psqlFile(plain, file, {transaction: runsInTransaction(file)})
          }
          assert.equal(await dumpSchema(applied, '-N', 'squizzle'), await dumpSchema(plain))
        }),
      ),
    ))

  it('is the same whether it came in one apply or release by release', () =>
    withShop(({machine}) =>
      withTestDatabase('postgres15', (once) =>
        withTestDatabase('postgres15', async (stepwise) => {
          const ops = await machine('ops')
          await ops.apply(once)
          for (const version of versionsUpTo(newestVersion)) {
            if (version !== '1.1.1') await ops.apply(stepwise, {reference: version})
          }
          const dump = (url: string) => dumpSchema(url, '-N', 'squizzle')
          assert.equal(await dump(stepwise), await dump(once))
        }),
      ),
    ))

  it('brings two lines to one schema where a release merges them, and runs nothing twice', () =>
    withShop(({machine}) =>
      withTestDatabase('postgres15', (production) =>
        withTestDatabase('postgres15', async (staging) => {
          const ops = await machine('ops')
          for (const version of ['1.0.0', '1.1.1'])
            await ops.apply(production, {reference: version})
          for (const version of ['1.0.0', '1.2.0']) await ops.apply(staging, {reference: version})
          for (const url of [production, staging]) await ops.apply(url, {reference: '1.3.0'})

          const dump = (url: string) => dumpSchema(url, '-N', 'squizzle')
          assert.equal(await dump(production), await dump(staging))
          const order = async (url: string) =>
            withClient(url, async (client) => {
              const twice = await client.query(
                `SELECT name FROM squizzle.migrations WHERE kind = 'versioned' GROUP BY name HAVING count(*) > 1`,
              )
              assert.deepEqual(twice.rows, [])
              const {rows} = await client.query(
                'SELECT version FROM squizzle.releases ORDER BY position',
              )
              return rows.map(({version}) => version)
            })
          assert.deepEqual(await order(production), ['1.0.0', '1.1.0', '1.1.1', '1.2.0', '1.3.0'])
          assert.deepEqual(await order(staging), ['1.0.0', '1.1.0', '1.2.0', '1.1.1', '1.3.0'])
        }),
      ),
    ))

  it('reaches the newest release though tags and manifests of all others are gone', () =>
    withShop(({machine, artifacts}) =>
      withTestDatabase('postgres15', async (url) => {
        const storage = await (await machine('dev')).context.storage()
        for (const {version} of releases) {
          if (version === newestVersion) continue
          const descriptor = (await storage.resolve(version)) ?? assert.fail(version)
          await storage.remove(version)
          await rm(join(artifacts, 'blobs/sha256', descriptor.digest.slice(7)))
        }
        const {to} = await (await machine('ops')).apply(url)
        assert.equal(to, newestVersion)
        assert.equal(await catalogueOf(url), await plainCatalogue('postgres15'))
      }),
    ))
})

for (const server of postgresServers) {
  describeWith([server], `the example shop on ${server}`, () => {
    it('has after apply the schema of the plain files', () =>
      withShop(({machine}) =>
        withTestDatabase(server, async (url) => {
          await (await machine('ops')).apply(url)
          assert.equal(await catalogueOf(url), await plainCatalogue(server))
        }),
      ))
  })
}

describe('the example shop on the embedded database', () => {
  it('has after apply the schema of the plain files', () =>
    withShop(async ({machine}) => {
      const ops = await machine('ops')
      const folder = join(ops.folder, 'database')
      await ops.apply(`pglite:${folder}`)
      const database = await PGlite.create(folder)
      try {
        const query = async (sql: string) => (await database.query(sql)).rows
        const applied = await readCatalogue(query, withoutLedger)
        assert.equal(applied, await plainCatalogue('pglite'))
      } finally {
        await database.close()
      }
    })).timeout(120_000)
})
