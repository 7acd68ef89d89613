import assert from 'node:assert/strict'
import {dumpSchema, psqlFile} from '../support/psql.ts'
import {readCatalogue} from '../support/catalogue.ts'
import {describeWith} from '../support/services.ts'
import {
  newestVersion,
  runScripts,
  runsInTransaction,
  shopSteps,
  versionsUpTo,
} from '../support/shop.ts'
import type {Step} from '../support/shop.ts'
import {withSession} from '../support/session.ts'
import type {Session} from '../support/session.ts'
import {withTestDatabase} from '../support/database.ts'

const everyVersion = versionsUpTo(newestVersion)
/** Two databases on their way to 1.3.0: one had the hotfix before 1.2.0, the other after it. */
const hotfixFirst = ['1.0.0', '1.1.0', '1.1.1', '1.2.0', '1.3.0']
const hotfixLast = versionsUpTo('1.3.0')

describeWith(['postgres15', 'psql', 'pg_dump'], 'the example shop, run by psql', () => {
  it('is left by every rollback, byte for byte, as it was before the migration', () =>
    withTestDatabase('postgres15', async (url) => {
      const steps = shopSteps(everyVersion).flat()
      const before: string[] = []
      for (const step of steps) {
        before.push(await dumpSchema(url))
        await forward(url, step)
        await verify(url, step)
      }
      for (const step of steps) await verify(url, step)

      for (const step of steps.toReversed()) {
        await psqlFile(url, step.rollback, {transaction: runsInTransaction(step.rollback)})
        assert.equal(await dumpSchema(url), before.pop(), `rollback of ${title(step)}`)
        if (step.verify !== undefined && step.rollback.endsWith('.rollback.sql')) {
          await assert.rejects(verify(url, step), /ERROR:/, `verify of ${title(step)}, rolled back`)
        }
      }
    })).timeout(180_000)

  it('reaches the same schema whether the hotfix ran before 1.2.0 or after it', async () => {
    const [first, last] = await Promise.all([hotfixFirst, hotfixLast].map(dumpOf))
    assert.equal(first, last)
  }).timeout(180_000)

  it('needs 1.3.0 for that: the lines ran the repeatable view in different orders', async () => {
    const [first, last] = await Promise.all(
      [hotfixFirst, hotfixLast].map((versions) => dumpOf(versions.slice(0, -1))),
    )
    assert.notEqual(first, last)
  }).timeout(180_000)
})

describe('the example shop, embedded', () => behavesOn('pglite'))

for (const server of ['postgres17', 'postgres18'] as const) {
  describeWith([server], `the example shop on ${server}`, () => behavesOn(server))
}

describeWith(['postgres15'], 'the example shop, run by a plain role', () => {
  it('needs no more than the right to create schemas', () =>
    withSession('postgres15', async (session) => {
      await session.run(
        'DO $$BEGIN EXECUTE format($q$GRANT CREATE ON DATABASE %I TO app$q$, current_database()); END$$',
      )
      await session.run('SET SESSION AUTHORIZATION app')
      for (const steps of shopSteps(everyVersion)) await up(session, steps)
      for (const steps of shopSteps(everyVersion).toReversed()) await down(session, steps)
    })).timeout(180_000)
})

function behavesOn(engine: Parameters<typeof withSession>[0]): void {
  it('is left by every release that is rolled back as it was before', () =>
    withSession(engine, async (session) => {
      const before: string[] = []
      const groups = shopSteps(everyVersion)
      for (const steps of groups) {
        before.push(await readCatalogue(session.query))
        await up(session, steps)
      }
      await session.run(
        'SELECT sales.place_order(min(id), \'[{"sku": "COF-0001", "quantity": 1}]\') FROM sales.customers',
      )
      for (const steps of groups.toReversed()) {
        await down(session, steps)
        assert.equal(
          await readCatalogue(session.query),
          before.pop(),
          `rollback of ${title(steps[0])}`,
        )
      }
    })).timeout(120_000)

  it('reaches the same schema whether the hotfix ran before 1.2.0 or after it', () =>
    withSession(engine, async (session) => {
      const reached: string[] = []
      for (const groups of [shopSteps(hotfixFirst), shopSteps(hotfixLast)]) {
        for (const steps of groups) await up(session, steps)
        reached.push(await readCatalogue(session.query))
        for (const steps of groups.toReversed()) await down(session, steps)
      }
      assert.equal(reached[0], reached[1])
    })).timeout(120_000)
}

async function up(session: Session, steps: readonly Step[]): Promise<void> {
  await runScripts(
    steps.map((step) => step.forward),
    session.run,
  )
  await runScripts(
    steps.flatMap((step) => step.verify ?? []),
    session.run,
  )
}

async function down(session: Session, steps: readonly Step[]): Promise<void> {
  await runScripts(steps.map((step) => step.rollback).toReversed(), session.run)
}

async function forward(url: string, step: Step): Promise<void> {
  await psqlFile(url, step.forward, {transaction: runsInTransaction(step.forward)})
}

async function verify(url: string, step: Step): Promise<void> {
  if (step.verify !== undefined) await psqlFile(url, step.verify, {readOnly: true})
}

/** The schema of a fresh database after these releases. */
function dumpOf(versions: readonly string[]): Promise<string> {
  return withTestDatabase('postgres15', async (url) => {
    for (const step of shopSteps(versions).flat()) await forward(url, step)
    return dumpSchema(url)
  })
}

function title(step: Step | undefined): string {
  return step === undefined ? 'nothing' : `${step.release}/${step.migration}`
}
