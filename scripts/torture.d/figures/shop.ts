import assert from 'node:assert/strict'
import type {TransactionMode} from '../../../src/database/plan/segments.ts'
import {apply} from '../../../src/operations/apply.ts'
import {rollback} from '../../../src/operations/rollback.ts'
import type {Step} from '../../../src/operations/report.ts'
import {readCatalogue} from '../../../test/support/catalogue.ts'
import {withClient} from '../../../test/support/database.ts'
import {databaseAt, withWorld} from '../../../test/support/project.ts'
import type {Machine} from '../../../test/support/project.ts'
import {service} from '../../../test/support/services.ts'
import {pushShop} from '../../../test/support/shop-storage.ts'
import {newestVersion} from '../../../test/support/shop.ts'
import type {Figure, Torture} from '../figure.ts'
import {ask, withCopy} from '../support/databases.ts'

/** The example shop, which has been through eight releases on two lines, goes all the way back and forth again. */
export const shop: Figure = {
  name: 'shop',
  runs: 'releases undone and applied again',
  least: {short: 16, long: 64},
  faults: ['schemas that are not what they were'],
  torture: (torture) =>
    withWorld(async ({machine}) => {
      const ci = await machine('ci')
      await pushShop(ci)
      for (const course of torture.form === 'short' ? courses.slice(0, 1) : courses) {
        await withCopy(service('postgres15').url, undefined, (url) =>
          backAndForth(torture, ci, url, course),
        )
      }
    }),
}

interface Course {
  readonly transaction: TransactionMode
  /** The versions that are applied, one after the other: a hotfix may come before what it is merged with, or after. */
  readonly versions: readonly string[]
}

const courses: readonly Course[] = (['release', 'migration'] as const).flatMap((transaction) => [
  {transaction, versions: [newestVersion]},
  {transaction, versions: ['1.1.1', newestVersion]},
])

const author = {by: 'torture', host: 'localhost', toolVersion: '0.0.0'}

async function backAndForth(
  {run}: Torture,
  {context}: Machine,
  url: string,
  {transaction, versions}: Course,
): Promise<void> {
  const database = {...databaseAt(url), transaction}
  const shared = {database, author, dryRun: false, offline: false}
  /** @returns the schema after each release, in the order in which they were applied */
  const up = async () => {
    const schemas = new Map<string, string>()
    const report = async (step: Step) => {
      if (step.type === 'release-applied') schemas.set(step.release, await schemaOf(url))
    }
    for (const reference of versions) {
      const more = {reference, allowAhead: false, allowNonempty: false}
      await apply({...context, report}, {...shared, ...more})
    }
    return schemas
  }
  const empty = await schemaOf(url)
  const first = await up()
  await ask(url, order)
  const all = [...first]
  for (const [at, [version]] of [...all.entries()].toReversed()) {
    await run(`${transaction}: rollback of ${version}`, async () => {
      await rollback(context, shared)
      assert.equal(await schemaOf(url), all[at - 1]?.[1] ?? empty)
    })
  }
  const second = await up()
  for (const [version, schema] of first) {
    await run(`${transaction}: ${version} again`, async () => {
      assert.equal(second.get(version), schema)
    })
  }
}

/** Rows for the rollbacks to find. */
const order =
  'select sales.place_order(min(id), \'[{"sku": "COF-0001", "quantity": 1}]\') from sales.customers'

function schemaOf(url: string): Promise<string> {
  return withClient(url, (client) =>
    readCatalogue(async (sql) => (await client.query(sql)).rows, {without: ['squizzle']}),
  )
}
