import assert from 'node:assert/strict'
import {withClient, withTestDatabase} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import {withShell, type Shell} from '../built.ts'

const files = {
  'db/0001_a.sql': 'create table a ();\n',
  'db/0001_a.rollback.sql': 'drop table a;\n',
  'db/0001_a.verify.sql': 'select from a;\n',
}
const more = {
  'db/0002_b.sql': 'create table b ();\n',
  'db/0002_b.rollback.sql': 'drop table\n  b;\n',
}

/** Two releases in a storage and a database that has both; `production` names the newest. */
const withBoth = (story: (shell: Shell, url: string) => Promise<void>) =>
  withShell((shell) =>
    withTestDatabase('postgres15', async (url) => {
      const config = {
        project: 'shop',
        migrations: 'db',
        database: {url},
        storage: {type: 'local', config: {path: 'artifacts'}},
        environments: {production: {target: 'production'}},
      }
      await shell.write({'squizzle.config.json': JSON.stringify(config), ...files})
      await shell.ok('build 1.0.0')
      await shell.ok('push 1.0.0')
      await shell.write(more)
      await shell.ok('build 1.1.0')
      await shell.ok('push 1.1.0 --tag production')
      await shell.ok('apply')
      await story(shell, url)
    }),
  )

const ask = (url: string, sql: string) => withClient(url, (client) => client.query(sql))

describeWith(['postgres15'], 'rollback', () => {
  it('names its target, asks nothing, and warns that the tag in use still has what was undone', () =>
    withBoth(async ({run, ok}) => {
      const shown = await ok('rollback --env production --dry-run', {CI: '1'})
      assert.match(
        shown,
        /would go from 1\.1\.0 to 1\.0\.0:\n1\.1\.0: 1 migration, atomic\n {2}0002_b/,
      )
      const {exitCode, stdout, stderr} = await run('rollback --env production', {CI: '1'})
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout, /^Rolled back 1\.1\.0\n.* is at 1\.0\.0\n$/)
      const lines = stderr.split('\n')
      assert.match(lines[0] ?? '', /^environment: production/)
      assert.match(lines[1] ?? '', /^storage: /)
      assert.match(lines[2] ?? '', /^database: /)
      assert.match(stderr, /artifact: .*\(as recorded\)/)
      assert.match(
        stderr.replaceAll(/\s+/g, ' '),
        /the target of production, .*:production, still has 1\.1\.0, which the next apply brings back: move it with `squizzle tag 1\.0\.0 production`/,
      )
      await ok('tag 1.0.0 production')
      assert.match(await ok('apply --env production'), /is up to date, at 1\.0\.0/)
      assert.match(await ok('rollback --to 1.0.0'), /is at 1\.0\.0: nothing to roll back/)
    })).timeout(180_000)

  it('that fails ends with 7, the place in the file, and what the database is at', () =>
    withBoth(async ({run}, url) => {
      await ask(url, 'drop table b')
      const text = await run('rollback')
      assert.equal(text.exitCode, 7)
      assert.match(
        text.stderr,
        /^Error: 1\.1\.0\/0002_b\.rollback\.sql:1:1: table "b" does not exist\nIts transaction had no effect: the database is at 1\.1\.0\.\n\n> 1 \| drop table\n {2}2 \| {3}b;\nSQLSTATE: 42P01\n/m,
      )
      const {stdout, exitCode} = await run('rollback --json')
      assert.equal(exitCode, 7)
      const {error} = JSON.parse(stdout) as {error: {code: string; details: {line: number}}}
      assert.deepEqual([error.code, error.details.line], ['ROLLBACK_FAILED', 1])
    })).timeout(180_000)
})

describeWith(['postgres15'], 'verify and baseline', () => {
  it('print what became of each script, and end with 1 for one that fails', () =>
    withBoth(async ({run, ok}, url) => {
      assert.match(await ok('verify'), /1\.0\.0 +0001_a +passed/)
      await ask(url, 'alter table a rename to z')
      const {exitCode, stdout, stderr} = await run('verify')
      assert.equal(exitCode, 1)
      assert.match(stdout, /1\.0\.0 +0001_a +failed/)
      assert.match(
        stderr,
        /^Error: 1\.0\.0\/0001_a\.verify\.sql:1:13: relation "a" does not exist$/m,
      )
      const refused = await run('baseline 1.1.0')
      assert.equal(refused.exitCode, 0, 'the ledger has it')
      await ask(url, 'drop schema squizzle cascade')
      assert.equal((await run('baseline 1.1.0')).exitCode, 1)
      await ask(url, 'alter table z rename to a')
      assert.match(await ok('baseline 1.1.0'), /Recorded without running: 1\.0\.0, 1\.1\.0\n/)
      assert.match(await ok('status'), /1\.1\.0 +applied \(baseline\)/)
      assert.equal((await run('rollback')).exitCode, 7)
    })).timeout(180_000)
})
