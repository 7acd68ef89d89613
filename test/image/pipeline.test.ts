import assert from 'node:assert/strict'
import {createHash, randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {spawn} from 'node:child_process'
import {withTempDir} from '../../src/files/temp.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {run} from '../support/run.ts'
import {describeWith, service, tool} from '../support/services.ts'
import {containersEnv, podman, podmanOk, runImage, runImageOk, words} from './support/containers.ts'
import {builtImage, buildPatience, imageNeeds} from './support/image.ts'
import {dockerConfig, privateRegistryConfig, writeWorkspace} from './support/pipeline.ts'

const needs = [...imageNeeds, 'registry-auth', 'postgres15', 'skopeo'] as const

describeWith(needs, 'a pipeline of containers', () => {
  let image: string

  before(async function () {
    this.timeout(buildPatience)
    image = await builtImage()
  })

  it('builds, pushes, pulls and applies with a mounted Docker configuration', () =>
    withTempDir((folder) =>
      withTestDatabase('postgres15', async (url) => {
        const [source, deploy, docker] = ['source', 'deploy', 'docker'].map((name) =>
          join(folder, name),
        )
        const config = privateRegistryConfig('shop/pipeline')
        await writeWorkspace(source!, {
          ...config,
          'db/migrations/0001_users.sql': 'CREATE TABLE users (id int);',
        })
        await writeWorkspace(deploy!, config)
        await writeWorkspace(docker!, {'config.json': dockerConfig()})
        const authority = {'/authority/ca.crt': service('registry-auth').ca, '/docker': docker!}
        const env = {DOCKER_CONFIG: '/docker', DATABASE_URL: url, SOURCE_DATE_EPOCH: '1700000000'}
        const developer = {env, mounts: {...authority, '/workspace': source!}}
        const deployer = {env, mounts: {...authority, '/workspace': deploy!}}

        await runImageOk(image, 'build 1.0.0', developer)
        const pushed = JSON.parse(
          await runImageOk(image, 'push 1.0.0 --tag staging --json', developer),
        )
        assert.equal(await digestInRegistry('shop/pipeline:staging', folder), pushed.digest)

        await runImageOk(image, 'pull staging', deployer)
        await runImageOk(image, 'apply staging', deployer)
        await withClient(url, (client) => client.query('select id from users'))

        const refused = await runImage(image, 'pull staging', {
          ...deployer,
          env: {...env, DOCKER_CONFIG: '/nowhere', SQUIZZLE_CACHE_DIR: '/tmp/empty'},
        })
        assert.equal(refused.exitCode, 4)
        assert.match(refused.stderr, /^Error: authentication required/m)
      }),
    )).timeout(120_000)

  it('rolls an apply back and ends with 143 when it gets SIGTERM', () =>
    withTempDir((folder) =>
      withTestDatabase('postgres15', async (url) => {
        const container = `squizzle-sigterm-${randomBytes(4).toString('hex')}`
        await writeWorkspace(folder, {
          'squizzle.config.js': `module.exports = {
            database: {url: process.env.DATABASE_URL},
            storage: {type: 'local', config: {path: './artifacts'}},
          }`,
          'db/migrations/0001_slow.sql': 'CREATE TABLE half (id int); SELECT pg_sleep(600);',
        })
        await mkdir(join(folder, 'artifacts'), {mode: 0o777})
        await writeWorkspace(folder, {'artifacts/.keep': ''})
        const options = {env: {DATABASE_URL: url}, mounts: {'/workspace': folder}}
        await runImageOk(image, 'build 1.0.0', options)
        await runImageOk(image, 'push 1.0.0', options)
        const child = spawn(
          'podman',
          [
            ...words(`run --rm --pull=never --name ${container} --env`),
            `DATABASE_URL=${url}`,
            '--volume',
            `${folder}:/workspace`,
            image,
            'apply',
          ],
          {env: containersEnv(), stdio: ['ignore', 'ignore', 'pipe']},
        )
        const errors: Buffer[] = []
        child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
        const ended = once(child, 'exit')
        await withClient(url, async (client) => {
          await untilAsleep(client)
          assert.equal(await podmanOk('exec', container, 'cat', '/proc/1/comm'), 'tini')
          await podmanOk('kill', '--signal', 'TERM', container)
          const [code] = await ended
          assert.equal(code, 143, Buffer.concat(errors).toString())
          assert.match(Buffer.concat(errors).toString(), /^Error: terminated/m)
          const {rows} = await client.query(
            `select to_regclass('half') as half, (select count(*)::int from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid()) as sessions,
              (select count(*)::int from squizzle.releases) as releases`,
          )
          assert.deepEqual(rows, [{half: null, sessions: 0, releases: 0}])
        })
        assert.equal((await podman('container', 'exists', container)).exitCode, 1)
      }),
    )).timeout(120_000)
})

/** Resolves once the script of the migration sleeps in the database. */
async function untilAsleep(client: {
  query(sql: string): Promise<{rows: unknown[]}>
}): Promise<void> {
  for (;;) {
    const {rows} = await client.query(
      `select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
    )
    if (rows.length > 0) return
    await client.query('select pg_sleep(0.05)')
  }
}

/** As a client that nobody here wrote sees it. */
async function digestInRegistry(reference: string, folder: string): Promise<string> {
  const {address, user, ca} = service('registry-auth')
  const certificates = join(folder, 'certificates')
  await mkdir(certificates, {recursive: true})
  await run('cp', [ca, join(certificates, 'ca.crt')])
  const {stdout, stderr} = await run(tool('skopeo'), [
    'inspect',
    '--raw',
    '--cert-dir',
    certificates,
    '--creds',
    `${user.username}:${user.password}`,
    `docker://${address}/${reference}`,
  ])
  assert.notEqual(stdout, '', stderr)
  return `sha256:${createHash('sha256').update(stdout).digest('hex')}`
}
