import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {planApply} from '../../../src/database/plan/plan.ts'
import {withTestDatabase} from '../../support/database.ts'
import {dumpSchema, psqlFile} from '../../support/psql.ts'
import {describeWith, tool} from '../../support/services.ts'
import {apply, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'

const releases = [1, 2, 3, 4].map((n) => ({
  version: `1.${n}.0`,
  files: {[`t${n}`]: `create table t${n} (id int primary key); insert into t${n} values (${n})`},
}))
const shop = artifact(releases)

/** A copy of a database as pg_dump and psql make it, with what is left out. */
async function withCopy(
  url: string,
  leftOut: readonly string[],
  work: (copy: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'squizzle-dump-'))
  try {
    const file = join(folder, 'dump.sql')
    const args = ['--restrict-key=squizzle', ...leftOut, '--file', file, url]
    await promisify(execFile)(tool('pg_dump'), args)
    await withTestDatabase('postgres15', async (copy) => {
      await psqlFile(copy, file)
      await work(copy)
    })
  } finally {
    await rm(folder, {recursive: true})
  }
}

describeWith(['postgres15', 'psql', 'pg_dump'], 'a database restored from a dump', () => {
  it('goes on from the release that it was at when it was dumped, and ends up the same', () =>
    withTestDatabase('postgres15', async (url) => {
      await apply(url, shop)
      const expected = await dumpSchema(url)
      for (const done of [1, 3]) {
        await withTestDatabase('postgres15', async (older) => {
          await apply(older, artifact(releases.slice(0, done)))
          await withCopy(older, [], async (copy) => {
            const {applied} = await apply(copy, shop)
            assert.deepEqual(
              applied,
              releases.slice(done).map(({version}) => version),
            )
            assert.equal(await dumpSchema(copy), expected)
          })
        })
      }
    })).timeout(180_000)

  it('from a dump made in the middle of a release goes on behind what that had committed', () =>
    withTestDatabase('postgres15', async (url) => {
      const bad = artifact([{version: '1.0.0', files: {a: 'create table a ()', b: 'oops'}}])
      await failureOf(apply(url, bad, {plan: {transaction: 'migration'}}))
      await withCopy(url, [], async (copy) => {
        const [release] = (await ledgerOf(copy)).releases
        assert.deepEqual(
          release?.migrations.map(({name}) => name),
          ['a'],
        )
        const error = await failureOf(apply(copy, bad, {plan: {transaction: 'migration'}}))
        assert.match(error.message, /^1\.0\.0\/b\.sql:1:1/, 'the first one is not run again')
      })
    }))

  it('without its ledger is not taken for an empty one', () =>
    withTestDatabase('postgres15', async (url) => {
      await apply(url, artifact(releases.slice(0, 2)))
      await withCopy(url, ['--exclude-schema', schema], async (copy) => {
        const error = await failureOf(apply(copy, shop))
        assert.equal(error.code, 'DATABASE_NOT_EMPTY')
        assert.match(error.message, /it holds public\.t1, public\.t2$/)
        assert.equal((await ledgerOf(copy)).exists, false)
      })
    }))

  it('with its ledger but not the rows of that is not taken for a new one', () =>
    withTestDatabase('postgres15', async (url) => {
      await apply(url, artifact(releases.slice(0, 2)))
      await withCopy(url, [`--exclude-table-data=${schema}.*`], async (copy) => {
        const ledger = await ledgerOf(copy)
        assert.throws(() => planApply(shop.config, ledger), {code: 'DATABASE_NOT_EMPTY'})
      })
      await withCopy(url, [`--exclude-table-data=${schema}.migrations`], async (copy) => {
        const ledger = ledgerOf(copy).then((found) => planApply(shop.config, found))
        assert.equal((await failureOf(ledger)).code, 'INTEGRITY')
      })
    }))
})
