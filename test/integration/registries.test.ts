import assert from 'node:assert/strict'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {withShell, type Shell} from '../cli/built.ts'
import {writeHelper} from '../storage/oci/support/programs.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {describeWith, service, tool} from '../support/services.ts'

interface Registry {
  readonly registry: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}

let repositories = 0
const freshRepository = () => `story/shop-${process.pid}-${(repositories += 1)}`

/** The whole way of two releases through a registry into a database, on two machines. */
async function wholeWay(open: (shell: Shell) => Promise<Registry>, repository = freshRepository()) {
  await withShell((developer) =>
    withShell((operations) =>
      withTestDatabase('postgres15', async (url) => {
        const path = `${dirname(tool('oras'))}:${process.env['PATH']}`
        const machine = async (shell: Shell) => {
          const {registry, options = {}, env = {}} = await open(shell)
          const storage = {type: 'oci', config: {registry, repository, ...options}}
          const config = {project: 'shop', storage, database: {url}}
          await shell.write({'squizzle.config.json': JSON.stringify(config)})
          return (args: string) => shell.ok(args, {...env, PATH: `${env['PATH'] ?? ''}:${path}`})
        }
        const dev = await machine(developer)
        const ops = await machine(operations)
        await developer.write({'db/migrations/0001_a.sql': 'create table a ();\n'})
        await dev('build 1.0.0')
        await dev('push 1.0.0')
        await developer.write({'db/migrations/0002_b.sql': 'create table b ();\n'})
        await dev('build 1.1.0')
        assert.match(await dev('push 1.1.0 --tag staging'), /3 blobs/)
        assert.match(await ops('list --tags'), /^1\.1\.0 .* latest, staging/m)
        await dev('tag 1.0.0 production')
        assert.match(await ops('pull production'), /^Pulled 1\.0\.0/m)
        assert.match(await ops('apply production'), /is at 1\.0\.0$/m)
        assert.match(await ops('apply staging'), /is at 1\.1\.0$/m)
        assert.match(await ops('diff production staging'), /^\+ {3}0002_b$/m)
        assert.match(await ops('push 1.1.0'), /already there/)
        const tables = await withClient(url, async (client) => {
          const {rows} = await client.query(
            "select relname from pg_class where relname in ('a', 'b') order by 1",
          )
          return rows.map(({relname}) => relname)
        })
        assert.deepEqual(tables, ['a', 'b'])
      }),
    ),
  )
}

describeWith(['registry', 'oras', 'postgres15'], 'two releases reach a database', () => {
  it('through distribution', () =>
    wholeWay(async () => ({registry: service('registry').address}))).timeout(120_000)
})

describeWith(['registry-write-once', 'oras', 'postgres15'], 'two releases reach a database', () => {
  it('through a registry with the referrers API', () =>
    wholeWay(async () => ({registry: service('registry-write-once').address}))).timeout(120_000)
})

describeWith(
  ['registry-auth', 'oras', 'postgres15'],
  'two releases reach a database, through TLS and a password',
  () => {
    const auth = () => {
      const {address, ca, user} = service('registry-auth')
      return {registry: address, user, options: {caFile: ca}}
    }
    const dockerConfig = async (shell: Shell, config: object) => {
      const folder = join(shell.folder, 'docker')
      await mkdir(folder)
      await writeFile(join(folder, 'config.json'), JSON.stringify(config))
      return folder
    }

    it('from the environment', () =>
      wholeWay(async () => {
        const {registry, user, options} = auth()
        const env = {OCI_USERNAME: user.username, OCI_PASSWORD: user.password}
        return {registry, options, env}
      })).timeout(120_000)

    it('from the configuration', () =>
      wholeWay(async () => {
        const {registry, user, options} = auth()
        return {registry, options: {...options, auth: user}}
      })).timeout(120_000)

    it("from docker login's config.json", () =>
      wholeWay(async (shell) => {
        const {registry, user, options} = auth()
        const basic = Buffer.from(`${user.username}:${user.password}`).toString('base64')
        const DOCKER_CONFIG = await dockerConfig(shell, {auths: {[registry]: {auth: basic}}})
        return {registry, options, env: {DOCKER_CONFIG}}
      })).timeout(120_000)

    it('from a credential helper', () =>
      wholeWay(async (shell) => {
        const {registry, user, options} = auth()
        const folder = join(shell.folder, 'helpers')
        await writeHelper(folder, 'canary', user)
        const DOCKER_CONFIG = await dockerConfig(shell, {credHelpers: {[registry]: 'canary'}})
        return {registry, options, env: {DOCKER_CONFIG, PATH: folder}}
      })).timeout(120_000)

    it('but not without, and the error says what to do', () =>
      withShell(async ({run, write}) => {
        const {registry, options} = auth()
        const storage = {type: 'oci', config: {registry, repository: 'story/closed', ...options}}
        await write({
          'squizzle.config.json': JSON.stringify({storage, database: {url: 'pglite:memory'}}),
        })
        const env = {PATH: `${dirname(tool('oras'))}:${process.env['PATH']}`}
        const {exitCode, stderr} = await run('pull 1.0.0', env)
        assert.equal(exitCode, 4)
        assert.match(stderr, /^Error: authentication required$/m)
        assert.match(stderr, new RegExp(`docker login ${registry}`))
        assert.match(stderr, /squizzle config validate/)
        const wrong = {...env, OCI_USERNAME: 'squizzle', OCI_PASSWORD: 'canary-word'}
        const refused = await run('pull 1.0.0 --verbose', wrong)
        assert.equal(refused.exitCode, 4)
        assert.ok(!`${refused.stdout}${refused.stderr}`.includes('canary-word'))
      }))
  },
)

describeWith(['registry', 'oras', 'postgres15', 'psql'], 'a registry that was cleaned up', () => {
  it('still has the newest version whole, and what takes the one before back', () =>
    withShell((developer) =>
      withShell(async (operations) => {
        const {address, program, config} = service('registry')
        const storage = {type: 'oci', config: {registry: address, repository: freshRepository()}}
        const files = {
          'squizzle.config.json': JSON.stringify({
            project: 'shop',
            storage,
            database: {url: 'pglite:memory'},
          }),
        }
        const env = {PATH: `${dirname(tool('oras'))}:${process.env['PATH']}`}
        await developer.write(files)
        await operations.write(files)
        for (const number of [1, 2, 3]) {
          await developer.write({
            [`db/migrations/000${number}_t.sql`]: `create table t${number} ();\n`,
            [`db/migrations/000${number}_t.rollback.sql`]: `drop table t${number};\n`,
          })
          await developer.ok(`build 1.${number}.0`, env)
          await developer.ok(`push 1.${number}.0`, env)
        }
        assert.match(await developer.ok('prune --keep 1', env), /^Removed 1\.2\.0, 1\.1\.0$/m)
        const {run} = await import('../support/run.ts')
        const collected = await run(program, ['garbage-collect', config])
        assert.equal(collected.exitCode, 0, collected.stderr)
        await operations.ok('pull --output sql', env)
        const rollback = await readFile(
          join(operations.folder, 'sql/1.2.0/0002_t.rollback.sql'),
          'utf8',
        )
        assert.equal(rollback, 'drop table t2;\n')
        assert.match(await operations.ok('list', env), /^1\.1\.0 .*inside a newer one$/m)
        assert.match(await operations.ok('apply 1.1.0', env), /is at 1\.1\.0$/m)
      }),
    )).timeout(120_000)
})
