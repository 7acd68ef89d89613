import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {readCatalogue} from './catalogue.ts'
import {extras, invisible, visible} from './catalogue-changes.ts'
import {withClient} from './database.ts'
import {dumpSchema} from './psql.ts'
import {describeWith, service} from './services.ts'
import {newestVersion, runScripts, shopSteps, versionsUpTo} from './shop.ts'

/** One schema, as both witnesses tell it. */
interface Witnesses {
  readonly dump: string
  readonly catalogue: string
}

describeWith(['postgres15', 'pg_dump'], 'the catalogue query', () => {
  const shop = newName()
  let untouched: Witnesses

  before(async () => {
    await administer(`CREATE DATABASE ${shop}`)
    const steps = shopSteps(versionsUpTo(newestVersion)).flat()
    const scripts = steps.map((step) => step.forward)
    await withClient(urlOf(shop), async (client) => {
      await runScripts(scripts, (sql) => client.query(sql))
      await client.query(extras)
    })
    untouched = await ask(shop)
  })

  after(() => administer(`DROP DATABASE ${shop}`))

  describe('shows, as pg_dump does,', () => {
    for (const [change, sql] of Object.entries(visible)) {
      it(change, async () => {
        const changed = await askAfter(sql, shop)
        assert.notEqual(changed.dump, untouched.dump, 'pg_dump')
        assert.notEqual(changed.catalogue, untouched.catalogue, 'the catalogue query')
      })
    }
  })

  describe('does not show, as pg_dump does not,', () => {
    for (const [change, sql] of Object.entries(invisible)) {
      it(change, async () => {
        const changed = await askAfter(sql, shop)
        assert.equal(changed.dump, untouched.dump)
        assert.equal(changed.catalogue, untouched.catalogue)
      })
    }
  })

  it('leaves out the schemas that it is told to, with all that is in them', async () => {
    const sql = `CREATE SCHEMA ledger;
      COMMENT ON SCHEMA ledger IS 'Not the shop''s';
      CREATE TYPE ledger.state AS ENUM ('begun', 'done');
      CREATE TABLE ledger.runs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state ledger.state CHECK (state <> 'done'));
      COMMENT ON COLUMN ledger.runs.state IS 'Hidden';
      CREATE TRIGGER touch BEFORE UPDATE ON ledger.runs FOR EACH ROW EXECUTE FUNCTION common.touch_updated_at();
      COMMENT ON TRIGGER touch ON ledger.runs IS 'Hidden';
      GRANT SELECT ON ledger.runs TO app`
    assert.equal((await askAfter(sql, shop, ['ledger'])).catalogue, untouched.catalogue)
  })
})

/** What both witnesses say of a copy of the database after a change. */
async function askAfter(
  sql: string,
  template: string,
  without: readonly string[] = [],
): Promise<Witnesses> {
  const copy = newName()
  await administer(`CREATE DATABASE ${copy} TEMPLATE ${template}`)
  try {
    await withClient(urlOf(copy), (client) => client.query(sql))
    return await ask(copy, without)
  } finally {
    await administer(`DROP DATABASE ${copy} WITH (FORCE)`)
  }
}

async function ask(database: string, without: readonly string[] = []): Promise<Witnesses> {
  const url = urlOf(database)
  const [dump, catalogue] = await Promise.all([
    dumpSchema(url),
    withClient(url, (client) =>
      readCatalogue(async (sql) => (await client.query(sql)).rows, {without}),
    ),
  ])
  return {dump, catalogue}
}

async function administer(sql: string): Promise<void> {
  await withClient(service('postgres15').url, (client) => client.query(sql))
}

function urlOf(database: string): string {
  return Object.assign(new URL(service('postgres15').url), {pathname: database}).href
}

function newName(): string {
  return `catalogue_${randomBytes(6).toString('hex')}`
}
