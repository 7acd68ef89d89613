import assert from 'node:assert/strict'
import {join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {describeWith, service} from '../support/services.ts'
import {runImage, runImageOk, words, type ContainerOptions} from './support/containers.ts'
import {builtImage, buildPatience, imageNeeds} from './support/image.ts'
import {dockerConfig, privateRegistryConfig, writeWorkspace} from './support/pipeline.ts'

const needs = [...imageNeeds, 'registry-auth', 'postgres15'] as const

/** As strict as a cluster's policy can be: nothing can be written, the user is nobody, and has no home. */
const locked = words(
  '--read-only --read-only-tmpfs=false --user 12345 --cap-drop ALL --security-opt no-new-privileges --unsetenv HOME',
)
const tmpfs = (place: string) => words(`--mount type=tmpfs,destination=${place},tmpfs-mode=1777`)

describeWith(needs, 'the image, locked down', () => {
  let image: string

  before(async function () {
    this.timeout(buildPatience)
    image = await builtImage()
  })

  /** Has a release in the registry; the deployment gets a configuration, the credentials and this one folder. */
  async function deploy(
    repository: string,
    {options = [], env = {}}: ContainerOptions,
    check: (outcome: Awaited<ReturnType<typeof runImage>>, url: string) => Promise<void>,
  ): Promise<void> {
    await withTempDir((folder) =>
      withTestDatabase('postgres15', async (url) => {
        const config = privateRegistryConfig(`shop/${repository}`)
        const [source, docker] = [join(folder, 'source'), join(folder, 'docker')]
        const name = 'db/migrations/0001_users.sql'
        await writeWorkspace(source, {...config, [name]: 'CREATE TABLE users (id int);'})
        await writeWorkspace(docker, {'config.json': dockerConfig()})
        const mounts = {'/authority/ca.crt': service('registry-auth').ca, '/docker': docker}
        const common = {DOCKER_CONFIG: '/docker', DATABASE_URL: url}
        const developer = {env: common, mounts: {...mounts, '/workspace': source}}
        await runImageOk(image, 'build 1.0.0 --offline', developer)
        await runImageOk(image, 'push 1.0.0', developer)
        const place = '/workspace/squizzle.config.js'
        const outcome = await runImage(image, 'apply 1.0.0', {
          options: [...locked, ...options],
          env: {...common, ...env},
          mounts: {...mounts, [place]: join(source, 'squizzle.config.js')},
        })
        await check(outcome, url)
      }),
    )
  }

  const hasUsers = (url: string) =>
    withClient(url, async (client) => {
      const {rows} = await client.query("select to_regclass('users') is not null as there")
      return (rows[0] as {there: boolean}).there
    })

  const folders: readonly [string, ContainerOptions][] = [
    [
      'that SQUIZZLE_CACHE_DIR names',
      {options: tmpfs('/cache'), env: {SQUIZZLE_CACHE_DIR: '/cache'}},
    ],
    ['.squizzle', {options: tmpfs('/workspace/.squizzle')}],
    ['that TMPDIR names', {options: tmpfs('/scratch'), env: {TMPDIR: '/scratch'}}],
  ]
  for (const [index, [title, container]] of folders.entries()) {
    it(`needs one writable folder to apply: ${title}`, () =>
      deploy(`locked-${index}`, container, async ({exitCode, stderr}, url) => {
        assert.equal(exitCode, 0, stderr)
        assert.equal(await hasUsers(url), true)
      })).timeout(120_000)
  }

  it('says what to mount where there is none, and leaves the database alone', () =>
    deploy('locked-none', {}, async ({exitCode, stderr}, url) => {
      assert.equal(exitCode, 2)
      assert.match(stderr, /^Error: cannot write \/workspace, nor \/tmp$/m)
      assert.match(
        stderr,
        /Mount a writable folder at \/workspace\/\.squizzle, or name one with SQUIZZLE_CACHE_DIR/,
      )
      assert.equal(await hasUsers(url), false)
    })).timeout(120_000)

  it('reaches for the AWS SDK in spite of all that was left out', async () => {
    const {exitCode, stderr} = await runImage(
      image,
      'list --storage s3://bucket/prefix?region=eu-west-1&endpoint=http://127.0.0.1:9 --verbose',
      {env: {AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret'}},
    )
    assert.equal(exitCode, 3, stderr)
  })
})
