import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {errorCodes, type ErrorCode} from '../../src/errors.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {describeWith} from '../support/services.ts'
import {withShell} from './built.ts'

const migration = (number: number, sql = `create table t${number} (id int);`) => ({
  [`db/migrations/000${number}_t${number}.sql`]: `${sql}\n`,
})

describe('the first minutes with squizzle', () => {
  it('lead from an empty folder to an applied release, without a server', () =>
    withShell(async ({write, run, ok, folder}) => {
      assert.match(await ok('init'), /Wrote squizzle\.config\.js, db\/migrations\//)
      assert.equal(
        await ok('new create_users'),
        'db/migrations/0001_create_users.sql\ndb/migrations/0001_create_users.rollback.sql\n',
      )

      const empty = await run('build 1.0.0')
      assert.equal(empty.exitCode, 2, 'a migration that nobody has written is not released')
      await write({
        'db/migrations/0001_create_users.sql': 'create table users (id int);\n',
        'db/migrations/0001_create_users.rollback.sql': 'drop table users;\n',
      })
      assert.match(await ok('build 1.0.0 --dry-run'), /^Size: \d+B \(2 files\)$/m)
      assert.match(await ok('build 1.0.0'), /^Digest: sha256:[0-9a-f]{64}$/m)
      assert.match(await ok('push 1.0.0'), /^Pushed .*\/db\/artifacts:1\.0\.0/)
      assert.equal((await run('status --exit-code')).exitCode, 9)
      assert.match(await ok('apply'), /is at 1\.0\.0$/m)
      assert.match(await ok('apply'), /is up to date, at 1\.0\.0$/m)
      assert.match(await ok('status --exit-code'), /^Up to date with 1\.0\.0$/m)
      assert.match(await ok('list'), /^1\.0\.0 /m)
      await ok('tag 1.0.0 production')
      assert.match(await ok('show production'), /0001_create_users/)
      assert.match(await ok('cache size'), /in 3 blobs/)
      assert.match(await ok('cache clear'), /Removed 3 blobs/)
      const layout = await readFile(join(folder, 'db/artifacts/index.json'), 'utf8')
      assert.match(layout, /"production"/)
    })).timeout(180_000)

  it('begin with the migrations that are there', () =>
    withShell(async ({write, ok}) => {
      await write({
        'migrations/20240115103000_users.sql': 'create table users ();\n',
        '.gitignore': 'x',
      })
      assert.match(await ok('init'), /Found migrations in migrations \(plain format\)/)
      assert.match(await ok('new orders'), /^migrations\/\d{14}_orders\.sql$/m)
      assert.match(await ok('config validate'), /^migrations +ok +2 in /m)
    }))

  it('give programs one JSON document, and nothing else on stdout', () =>
    withShell(async ({write, ok}) => {
      await ok('init')
      await write(migration(1))
      for (const command of [
        'build 1.0.0',
        'push 1.0.0',
        'pull',
        'apply',
        'status',
        'list',
        'show',
        'diff 1.0.0 latest',
        'tag 1.0.0 x',
        'cache size',
        'cache clear',
        'config show',
        'config validate',
        'new two',
      ]) {
        const document: unknown = JSON.parse(await ok(`${command} --json`))
        assert.ok(
          document !== null && typeof document === 'object' && 'warnings' in document,
          command,
        )
      }
    })).timeout(180_000)
})

describe('what goes wrong', () => {
  /** A command that must fail, in text and as JSON, with the same code. */
  async function fails(
    shell: Parameters<Parameters<typeof withShell>[0]>[0],
    args: string,
    code: ErrorCode,
    message: RegExp,
    env: Record<string, string> = {},
  ) {
    const text = await shell.run(args, env)
    assert.equal(text.exitCode, errorCodes[code].exit, text.stderr)
    const line = text.stderr.split('\n').find((one) => one.startsWith('Error: ')) ?? text.stderr
    assert.match(line, message)
    const json = await shell.run(`${args} --json`, env)
    const {error} = JSON.parse(json.stdout) as {error: {code: string; exitCode: number}}
    assert.deepEqual(
      [error.code, error.exitCode, json.exitCode],
      [code, text.exitCode, text.exitCode],
    )
    return text.stderr
  }

  it('is said with a code, what happened and what to do', () =>
    withShell(async (shell) => {
      await shell.ok('init')
      await shell.write(migration(1))
      await shell.ok('build 1.0.0')
      await shell.ok('push 1.0.0')
      await fails(shell, 'build 1.0', 'VERSION_INVALID', /^Error: "1\.0" is not a semantic version/)
      await fails(
        shell,
        'pull 1.0.1',
        'VERSION_NOT_FOUND',
        /^Error: version 1\.0\.1 not found in file:/,
      )
      await fails(shell, 'push 3.0.0', 'VERSION_NOT_FOUND', /no 3\.0\.0 here to push/)
      await fails(shell, 'tag 1.0.0 2.0.0', 'USAGE', /only a push sets that tag/)
      await fails(
        shell,
        'apply --env production',
        'NO_DATABASE',
        /^Error: no database configured$/,
        {DATABASE_URL: ''},
      )
      await fails(shell, 'apply --env prodution', 'USAGE', /prodution/)
      await fails(shell, 'apply', 'UNREACHABLE', /cannot be reached/, {
        DATABASE_URL: 'postgres://a:hunter2222@127.0.0.1:1/x',
      })
      await shell.write({'db/migrations/0001_t1.sql': 'create table other ();\n'})
      const edited = await fails(
        shell,
        'build 1.1.0',
        'RELEASED_FILE_EDITED',
        /0001_t1\.sql .*edited after its release/,
      )
      assert.match(edited, /^-create table t1 \(id int\);$/m)
      await shell.write({
        ...migration(1),
        'db/migrations/0002_t2.sql': '-- squizzle: no-transacton\nselect 1;\n',
      })
      const directive = await fails(shell, 'build 1.1.0', 'SOURCE_INVALID', /0002_t2\.sql:1:/)
      assert.match(directive, /no-transaction/)
      await shell.write({
        'db/migrations/0002_t2.sql': 'create table t2 ();\nCOMMIT;\ncreate table t3 ();\n',
      })
      await fails(shell, 'build 1.1.0', 'SOURCE_INVALID', /0002_t2\.sql:2:/)
    })).timeout(180_000)

  it('never shows a password', () =>
    withShell(async (shell) => {
      await shell.ok('init')
      const DATABASE_URL = 'postgres://app:hunter2222@127.0.0.1:1/shop'
      for (const args of [
        'config show',
        'config validate',
        'apply',
        'status',
        'apply --verbose',
        'status --json',
      ]) {
        const {stdout, stderr} = await shell.run(args, {DATABASE_URL})
        assert.ok(!`${stdout}${stderr}`.includes('hunter2222'), args)
      }
    }))
})

describeWith(['postgres15'], 'a release whose third file of five fails', () => {
  it('leaves the database at the release before, and shows the place', () =>
    withShell((shell) =>
      withTestDatabase('postgres15', async (url) => {
        const env = {DATABASE_URL: url}
        await shell.ok('init')
        await shell.write(migration(1))
        await shell.ok('build 1.0.0')
        await shell.ok('push 1.0.0')
        await shell.ok('apply', env)
        await shell.write({
          ...migration(2),
          ...migration(3),
          ...migration(4, "-- 'é' and 😀\r\ncreate table t4 (\n\tid intt\n);"),
          ...migration(5),
          ...migration(6),
        })
        await shell.ok('build 1.1.0')
        const {exitCode, stderr} = await shell.run('apply 1.1.0', env)
        assert.equal(exitCode, 1)
        assert.match(stderr, /^Error: 1\.1\.0\/0004_t4\.sql:3:5: type "intt" does not exist$/m)
        assert.match(stderr, /^Rolled back: the database is still at 1\.0\.0\.$/m)
        assert.match(stderr, /^> 3 \| \tid intt\n {4}\| \t {3}\^$/m)
        assert.match(stderr, /42704/)
        const tables = await withClient(url, async (client) => {
          const {rows} = await client.query(
            "select relname from pg_class where relname like 't_' order by 1",
          )
          return rows.map(({relname}) => relname)
        })
        assert.deepEqual(tables, ['t1'])
        await shell.write(migration(4))
        await shell.ok('build 1.1.0')
        assert.match(await shell.ok('apply 1.1.0', env), /is at 1\.1\.0$/m)
      }),
    )).timeout(180_000)

  it('says that the password is wrong where it is', () =>
    withShell((shell) =>
      withTestDatabase('postgres15', async (url) => {
        await shell.ok('init')
        await shell.write(migration(1))
        await shell.ok('build 1.0.0')
        const DATABASE_URL = Object.assign(new URL(url), {
          username: 'app',
          password: 'wrong-word',
        }).href
        const {exitCode, stderr} = await shell.run('apply', {DATABASE_URL})
        assert.equal(exitCode, 4, stderr)
        assert.ok(!stderr.includes('wrong-word'))
      }),
    ))
})
