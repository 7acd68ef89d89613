import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Client} from 'pg'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import {apply} from '../../../test/database/support/apply.ts'
import {artifact} from '../../../test/database/support/artifact.ts'
import type {FileSource, ReleaseSource} from '../../../test/database/support/artifact.ts'
import {withClient} from '../../../test/support/database.ts'
import {service} from '../../../test/support/services.ts'
import {Fault} from '../figure.ts'
import type {Figure} from '../figure.ts'
import {ask, withCopy} from '../support/databases.ts'
import {repeated} from '../support/repeated.ts'
import {startApply} from '../support/victim.ts'

const invalid = 'INVALID indexes left after the re-run'
const falseDone = 'statements called done whose index is not valid'

/** An index is built outside transactions, and something goes wrong while it is. */
export const concurrentIndex: Figure = {
  name: 'concurrent-index',
  runs: 'broken CREATE or REINDEX INDEX CONCURRENTLY',
  least: {short: 20, long: 100},
  faults: [invalid, falseDone],
  torture: async ({form, random, run}) => {
    const server = service('postgres15').url
    await withCopy(server, undefined, async (template) => {
      await apply(template, artifact([table]))
      const runs = repeated(scenes, concurrentIndex.least[form]).map((scene, index) => ({
        index,
        scene,
        delays: [random.below(150), random.below(400)] as const,
      }))
      await inParallel(runs, 4, ({index, scene, delays}) =>
        run(`number ${index + 1}, ${scene.title}`, () =>
          withCopy(server, template, (url) => play(url, scene, delays)),
        ),
      )
    })
  },
}

const table: ReleaseSource = {
  version: '1.0.0',
  files: {
    t: `create table t as select i, i % 100 as j from generate_series(1, 2000) i; create index t_j on t (j)`,
  },
}

interface Scene {
  readonly title: string
  readonly sql: string
  readonly index: string
  /** Directives that make it give up. */
  readonly limits?: Omit<FileSource, 'sql'>
  /** What keeps the build from going on, in a transaction of live traffic. */
  readonly blocker?: string
  /** How it ends; by itself where absent. */
  readonly end?: 'killed' | 'terminated'
  /** What a person does before the re-run. */
  readonly repair?: string
}

const plain = {sql: 'create index concurrently t_i on t (i)', index: 't_i'}
const unique = {sql: 'create unique index concurrently t_i on t (i)', index: 't_i'}
const ifNotExists = {sql: 'create index concurrently if not exists t_i on t (i)', index: 't_i'}
const reindex = {sql: 'reindex index concurrently t_j', index: 't_j'}

/** A writer stops the first wait of a build, an old snapshot the last one. */
const writer = 'begin; insert into t values (0, 0)'
const snapshot = 'begin isolation level repeatable read; select count(*) from t'

const scenes: readonly Scene[] = [
  ...[plain, unique, ifNotExists, reindex].flatMap((build) =>
    [writer, snapshot].flatMap((blocker): Scene[] => [
      {...build, title: `${build.sql}: killed`, blocker, end: 'killed'},
      {...build, title: `${build.sql}: timed out`, blocker, limits: {statementTimeout: '2s'}},
    ]),
  ),
  {...plain, title: 'lock timeout', blocker: writer, limits: {lockTimeout: '1s'}},
  {...plain, title: 'terminated', blocker: snapshot, end: 'terminated'},
  {
    title: 'violating',
    sql: 'create unique index concurrently t_u on t (j)',
    index: 't_u',
    repair: 'delete from t where i > 100; delete from t where i = 0',
  },
  {
    title: 'violating, if not exists',
    sql: 'create unique index concurrently if not exists t_u on t (j)',
    index: 't_u',
    repair: 'delete from t where i > 100; delete from t where i = 0',
  },
]

async function play(url: string, scene: Scene, [before, after]: readonly [number, number]) {
  const {sql, index, limits = {}, blocker, end, repair} = scene
  const release = {version: '1.1.0', files: {index: {sql, transaction: false, ...limits}}}
  await withClient(url, async (traffic) => {
    if (blocker !== undefined) await traffic.query(blocker)
    if (end === undefined) await fail(url, release)
    else await breakOff(url, release, end, before)
    await checkClaim(url, index)
    if (repair !== undefined) await ask(url, repair)
    const ended =
      blocker === undefined ? undefined : sleep(after).then(() => traffic.query('commit'))
    // a run that gives up soon would do so again behind the same traffic
    if (end === undefined) await ended
    const rerun = apply(url, artifact([table, release]), {waitLock: 30})
    const [result] = await Promise.allSettled([rerun, ended])
    if (result.status === 'rejected') throw result.reason
  })
  await checkClaim(url, index)
  await checkIndexes(url, index)
}

async function fail(url: string, release: ReleaseSource): Promise<void> {
  const run = apply(url, artifact([table, release]))
  await assert.rejects(run, {code: 'MIGRATION_FAILED'})
}

async function breakOff(
  url: string,
  release: ReleaseSource,
  end: 'killed' | 'terminated',
  delay: number,
): Promise<void> {
  const victim = startApply(url, [table, release])
  await withClient(url, async (client) => {
    while ((await builders(client)).length === 0) await sleep(5)
    await sleep(delay)
    if (end === 'killed') victim.kill('SIGKILL')
    for (const pid of end === 'killed' ? [] : await builders(client)) {
      await client.query('select pg_terminate_backend($1)', [pid])
    }
  })
  await victim.ended
}

async function builders(client: Client): Promise<readonly number[]> {
  const {rows} = await client.query<{pid: number}>(
    'select pid from pg_stat_progress_create_index where datname = current_database()',
  )
  return rows.map(({pid}) => pid)
}

async function checkClaim(url: string, index: string): Promise<void> {
  const rows = await ask(
    url,
    `select from squizzle.migrations where name = 'index' and (state = 'done' or statement_done > 0)
      and not exists (select from pg_index where indexrelid = to_regclass('${index}') and indisvalid)`,
  )
  if (rows.length > 0) throw new Fault(falseDone, `${index} is not valid`)
}

async function checkIndexes(url: string, index: string): Promise<void> {
  const broken = await ask(
    url,
    "select indexrelid::regclass::text as name from pg_index where not indisvalid or not indisready or indexrelid::regclass::text like '%ccnew%'",
  )
  if (broken.length > 0) throw new Fault(invalid, JSON.stringify(broken))
  const [row] = await ask(
    url,
    `select to_regclass('${index}') is not null as built,
      (select state from squizzle.releases where version = '1.1.0') as state`,
  )
  assert.deepEqual(row, {built: true, state: 'applied'})
}
