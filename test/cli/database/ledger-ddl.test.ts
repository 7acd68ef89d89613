import assert from 'node:assert/strict'
import {join} from 'node:path'
import {writeFile} from 'node:fs/promises'
import {withRole} from '../../database/support/engines.ts'
import {withClient, withTestDatabase} from '../../support/database.ts'
import {psqlFile} from '../../support/psql.ts'
import {describeWith, postgresServers} from '../../support/services.ts'
import {withShop} from './shop.ts'

for (const server of postgresServers) {
  describeWith([server, 'psql'], `status --ledger-ddl (${server})`, () => {
    it('is all that a role needs which may not make schemas', () =>
      withShop(({ok, run, folder}) =>
        withTestDatabase(server, (url) =>
          withRole(url, async (role, own) => {
            const env = {DATABASE_URL: own}
            await withClient(url, (admin) =>
              admin.query(
                `create schema app authorization ${role}; alter role ${role} set search_path = app`,
              ),
            )
            const refused = await run('apply --allow-nonempty', env)
            assert.equal(refused.exitCode, 4, refused.stderr)
            assert.match(refused.stderr, /^Let a role .* `squizzle status --ledger-ddl` prints\.$/m)

            const file = join(folder, 'ledger.sql')
            await writeFile(file, await ok('status --ledger-ddl', env))
            await psqlFile(url, file)
            await ok('apply 1.0.0', env)
            await ok('apply 1.1.0', env)
            assert.match(await ok('status --exit-code', env), /^Up to date with 1\.1\.0$/m)

            const {rows} = await withClient(url, (admin) =>
              admin.query(
                "select c.relname as name, pg_get_userbyid(c.relowner) as owner from pg_class c where relnamespace = 'squizzle'::regnamespace and relkind = 'r' order by 1",
              ),
            )
            assert.deepEqual(
              rows,
              ['events', 'meta', 'migrations', 'releases'].map((name) => ({
                name,
                owner: 'postgres',
              })),
            )
          }),
        ),
      )).timeout(180_000)
  })
}

describeWith(['postgres15'], 'a ledger', () => {
  it('that may be read and not written stops an apply before any of its SQL', () =>
    withShop(({ok, run}) =>
      withTestDatabase('postgres15', (url) =>
        withRole(url, async (role, own) => {
          await ok('apply 1.0.0', {DATABASE_URL: url})
          await withClient(url, (admin) =>
            admin.query(
              `grant usage on schema squizzle to ${role}; grant select on all tables in schema squizzle to ${role}; grant create on schema public to ${role}`,
            ),
          )
          const refused = await run('apply', {DATABASE_URL: own})
          assert.equal(refused.exitCode, 4, refused.stderr)
          assert.match(refused.stderr, /permission denied for table events\n.*--ledger-ddl/)
          const {rows} = await withClient(url, (admin) =>
            admin.query("select 1 from pg_tables where tablename = 'b'"),
          )
          assert.deepEqual(rows, [])
        }),
      ),
    )).timeout(180_000)
})
