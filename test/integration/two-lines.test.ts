import assert from 'node:assert/strict'
import {withClient, withTestDatabase} from '../support/database.ts'
import {rejectsWith} from '../support/errors.ts'
import {withWorld} from '../support/project.ts'
import {dumpSchema} from '../support/psql.ts'
import {describeWith} from '../support/services.ts'

const base = {'0001_users.sql': 'create table users (id int primary key);'}
const feature = {'0002_orders.sql': 'create table orders (id int primary key);'}
const hotfix = {'0003_users_email.sql': 'alter table users add email text;'}
/** Fails where it runs a second time. */
const merged = {'0004_runs.sql': 'create table runs (n int); insert into runs values (1);'}

describeWith(['postgres15', 'pg_dump'], 'a hotfix line that a later release merges', () => {
  it('is met with in both databases by the same schema', () =>
    withWorld(({machine}) =>
      withTestDatabase('postgres15', (production) =>
        withTestDatabase('postgres15', async (staging) => {
          const dev = await machine('dev')
          const fixer = await machine('fixer')
          await dev.release('1.0.0', base)
          await dev.release('1.1.0', feature)
          await fixer.release('1.0.1', {...base, ...hotfix})
          await dev.apply(production, {reference: '1.0.1'})
          await dev.apply(staging, {reference: '1.1.0'})

          const other = await rejectsWith('OTHER_LINE', () =>
            dev.apply(production, {reference: '1.1.0'}),
          )
          assert.match(other.hint ?? '', /--merge 1\.0\.1/)

          await dev.release('1.2.0', {...hotfix, ...merged}, {merge: '1.0.1'})
          assert.deepEqual((await dev.apply(production)).applied, ['1.1.0', '1.2.0'])
          assert.deepEqual((await dev.apply(staging)).applied, ['1.0.1', '1.2.0'])
          const [one, two] = await Promise.all(
            [production, staging].map(async (url) => dumpSchema(url, '-N', 'squizzle')),
          )
          assert.equal(one, two)
          for (const url of [production, staging]) {
            const rows = await withClient(
              url,
              async (client) => (await client.query('select n from runs')).rows,
            )
            assert.deepEqual(rows, [{n: 1}])
            assert.deepEqual((await dev.apply(url)).applied, [])
          }
        }),
      ),
    ))
})
