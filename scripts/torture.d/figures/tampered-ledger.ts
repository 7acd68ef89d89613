import assert from 'node:assert/strict'
import {isSquizzleError} from '../../../src/errors.ts'
import type {ErrorCode} from '../../../src/errors.ts'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import {apply} from '../../../test/database/support/apply.ts'
import {service} from '../../../test/support/services.ts'
import {Fault} from '../figure.ts'
import type {Figure} from '../figure.ts'
import {ask, withCopies, withCopy} from '../support/databases.ts'
import {handChanges} from '../support/hand-changes.ts'
import type {HandChange} from '../support/hand-changes.ts'
import {beforeLast, mark, merged} from '../support/merged.ts'
import {countSent} from '../support/watched.ts'

const undetected = 'changes undetected'
const late = 'migration statements sent before detection'

/** What says that ledger and artifact, or the ledger with itself, don't agree. */
const detections: readonly ErrorCode[] = [
  'INTEGRITY',
  'DIVERGED',
  'OTHER_PROJECT',
  'OTHER_LINE',
  'DATABASE_AHEAD',
  'UNSUPPORTED_FORMAT',
  'UNRESOLVED',
]

/** A hand was in the ledger: in what says which releases and migrations are in the database, in which order and state. */
export const tamperedLedger: Figure = {
  name: 'tampered-ledger',
  runs: 'changes of a ledger by hand',
  least: {short: 150, long: 150},
  faults: [undetected, late],
  torture: async ({run}) => {
    const server = service('postgres15').url
    await withCopy(server, undefined, async (template) => {
      await apply(template, beforeLast)
      await ask(template, prepare)
      const releases = await ask(template, 'select * from saved.releases order by position')
      const migrations = await ask(template, 'select * from saved.migrations order by 1, 2')
      await withCopies(server, template, lanes, async (free) => {
        await checkWitness(free[0] ?? '')
        await inParallel(handChanges(releases, migrations), lanes, (change) =>
          run(change.title, async () => {
            const url = free.pop() ?? ''
            await detect(url, change).finally(() => free.push(url))
          }),
        )
      })
    })
  },
}

const lanes = 3

async function checkWitness(url: string): Promise<void> {
  const sent = await countSent(url, mark, (through) => apply(through, merged))
  assert.ok(sent > 0, 'the witness sees nothing')
}

/** Whoever goes past squizzle may go past these too. And what the ledger was is kept. */
const prepare = `do $$ declare c record; begin
  for c in select conrelid::regclass as t, conname from pg_constraint
    where connamespace = 'squizzle'::regnamespace order by contype = 'p' loop
    execute format('alter table %s drop constraint %I', c.t, c.conname);
  end loop;
end $$;
create schema saved;
create table saved.meta as table squizzle.meta;
create table saved.releases as table squizzle.releases;
create table saved.migrations as table squizzle.migrations`

const restore = `truncate squizzle.meta, squizzle.releases, squizzle.migrations;
  insert into squizzle.meta table saved.meta;
  insert into squizzle.releases table saved.releases;
  insert into squizzle.migrations table saved.migrations;
  drop table if exists h`

async function detect(url: string, {sql, legal}: HandChange): Promise<void> {
  await ask(url, `${restore}; ${sql}`)
  let error: unknown
  const sent = await countSent(url, mark, (through) =>
    apply(through, merged).catch((reason: unknown) => (error = reason)),
  )
  if (legal) {
    assert.equal(error, undefined, 'an order that a database may well have had is refused')
    return
  }
  if (error === undefined) throw new Fault(undetected, 'nothing was said')
  if (sent > 0) throw new Fault(late, `${sent} messages with migrations were sent`)
  if (!isSquizzleError(error) || !detections.includes(error.code)) throw error
}
