import assert from 'node:assert/strict'
import {mkdir, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Storage} from '../../../src/storage/storage.ts'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith, tool} from '../../support/services.ts'
import {artifactOf, cacheWith, create, keepIn} from './support/artifacts.ts'
import {basicHeader, requireBasic} from './support/basic-auth.ts'
import {startHosted} from './support/hosted.ts'
import {writeHelper, writeProgram} from './support/programs.ts'
import {startScriptedRegistry, type ScriptedRegistry} from './support/scripted-registry.ts'
import {startTokenAuth} from './support/token-server.ts'
import {newRepository, withWorkspace, type Workspace} from './support/workspace.ts'

const login = {username: 'ada', password: 'correct:horse battery'}
const other = {username: 'bob', password: 'something else'}
const repository = 'shop/migrations'

const auth = ({username, password}: typeof login) =>
  Buffer.from(`${username}:${password}`).toString('base64')

/** What `docker login` writes. */
async function dockerConfig(folder: string, config: unknown): Promise<void> {
  await mkdir(folder, {recursive: true})
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
}

/** Runs the work with a registry that one login opens. */
async function withPrivateRegistry(
  work: (registry: ScriptedRegistry, workspace: Workspace) => Promise<void>,
): Promise<void> {
  await using registry = await startScriptedRegistry({authorize: requireBasic(login)})
  keepIn(registry, repository, artifactOf(1), '1.0.0')
  await withWorkspace((workspace) => work(registry, workspace))
}

describeWith(['oras', 'openssl'], 'credentials for a registry', () => {
  it('come from OCI_USERNAME and OCI_PASSWORD first', () =>
    withPrivateRegistry(async (registry, {open, folder}) => {
      await dockerConfig(join(folder, '.docker'), {auths: {[registry.host]: {auth: auth(other)}}})
      const env = {OCI_USERNAME: login.username, OCI_PASSWORD: login.password}
      const storage = open({registry: registry.host, repository, auth: other}, env)
      assert.ok(await storage.resolve('1.0.0'))
    }))

  it('come from auth in the configuration next', () =>
    withPrivateRegistry(async (registry, {open, folder}) => {
      await dockerConfig(join(folder, '.docker'), {auths: {[registry.host]: {auth: auth(other)}}})
      assert.ok(await open({registry: registry.host, repository, auth: login}).resolve('1.0.0'))
    }))

  it('come from docker login where auth has no password', () =>
    withPrivateRegistry(async (registry, {open, folder}) => {
      await dockerConfig(join(folder, '.docker'), {auths: {[registry.host]: {auth: auth(login)}}})
      const storage = open({
        registry: registry.host,
        repository,
        auth: {username: 'ada', password: undefined},
      })
      assert.ok(await storage.resolve('1.0.0'))
    }))

  it('come from the folder that DOCKER_CONFIG names', () =>
    withPrivateRegistry(async (registry, {open, folder}) => {
      await dockerConfig(join(folder, 'elsewhere'), {auths: {[registry.host]: {auth: auth(login)}}})
      const env = {DOCKER_CONFIG: join(folder, 'elsewhere')}
      assert.ok(await open({registry: registry.host, repository}, env).resolve('1.0.0'))
    }))

  for (const [title, config] of [
    ['the helper of this registry', (host: string) => ({credHelpers: {[host]: 'ours'}})],
    ['the store of all registries', () => ({credsStore: 'ours'})],
  ] as const) {
    it(`come from ${title}`, () =>
      withPrivateRegistry(async (registry, {open, folder, bin}) => {
        const helper = await writeHelper(bin, 'ours', login)
        await dockerConfig(join(folder, '.docker'), config(registry.host))
        assert.ok(await open({registry: registry.host, repository}).resolve('1.0.0'))
        assert.deepEqual(await helper.asked(), [registry.host])
      }))
  }

  it('are asked of no helper where the environment has them', () =>
    withPrivateRegistry(async (registry, {open, folder, bin}) => {
      const helper = await writeHelper(bin, 'ours', login)
      await dockerConfig(join(folder, '.docker'), {credsStore: 'ours'})
      const env = {OCI_USERNAME: login.username, OCI_PASSWORD: login.password}
      assert.ok(await open({registry: registry.host, repository}, env).resolve('1.0.0'))
      assert.deepEqual(await helper.asked(), [])
    }))

  it('never reach another registry', () =>
    withPrivateRegistry(async (registry, {open, folder}) => {
      await using stranger = await startScriptedRegistry({authorize: requireBasic(other)})
      await dockerConfig(join(folder, '.docker'), {auths: {[registry.host]: {auth: auth(login)}}})
      const storage = open({registry: stranger.host, repository})
      await rejectsWith('AUTHENTICATION_REQUIRED', () => storage.resolve('1.0.0'))
      assert.ok(stranger.requests.length > 0)
      assert.deepEqual(
        stranger.requests.filter(({authorization}) => authorization !== undefined),
        [],
      )
    }))

  it('get a token for what is done, and for no more', async () => {
    await using tokens = await startTokenAuth([{...login, actions: ['pull', 'push']}])
    await using registry = await startScriptedRegistry({authorize: tokens.authorize})
    const artifact = artifactOf(1)
    await withWorkspace(async ({open, newCache}) => {
      const storage = open({registry: registry.host, repository, auth: login})
      await storage.push(artifact.manifest, await cacheWith(newCache(), artifact), [
        create('1.0.0'),
      ])
      await storage.pull(artifact.manifest, newCache())
    })
    assert.ok(tokens.server.requests.every((one) => one.authorization === basicHeader(login)))
    assert.ok(registry.requests.every((one) => !one.authorization?.startsWith('Basic')))
  })

  it('leave no file behind', () =>
    withPrivateRegistry(async (registry, {open, folder}) => {
      const temporary = join(folder, 'tmp')
      await mkdir(temporary)
      const before = process.env['TMPDIR']
      process.env['TMPDIR'] = temporary
      try {
        const storage = open({registry: registry.host, repository, auth: login})
        assert.ok(await storage.resolve('1.0.0'))
        const gone = AbortSignal.timeout(300)
        registry.on(/GET .*tags/, () => undefined)
        await assert.rejects(Array.fromAsync(storage.tags({signal: gone})))
        assert.deepEqual(await readdir(temporary), [])
      } finally {
        if (before === undefined) delete process.env['TMPDIR']
        else process.env['TMPDIR'] = before
      }
    }))

  it('need a user name', () =>
    withPrivateRegistry(async (registry, {open}) => {
      const storage = open({registry: registry.host, repository}, {OCI_PASSWORD: login.password})
      const error = await rejectsWith('CONFIG_INVALID', () => storage.resolve('1.0.0'))
      assert.match(error.message, /OCI_USERNAME/)
    }))

  it('work without a home folder', () =>
    withPrivateRegistry(async (registry, {open}) => {
      const storage = open({registry: registry.host, repository}, {HOME: undefined})
      await rejectsWith('AUTHENTICATION_REQUIRED', () => storage.resolve('1.0.0'))
    }))
})

describeWith(['oras', 'openssl'], 'credentials for hosted registries', () => {
  it('take any user name for GHCR, that of the workflow where there is one', () =>
    withWorkspace(async ({folder, open}) => {
      await using hosted = await startHosted(['ghcr.io'], join(folder, 'tls'), {
        authorize: requireBasic({username: 'octocat', password: 'ghs_1'}),
      })
      const env = {OCI_PASSWORD: 'ghs_1', HTTPS_PROXY: hosted.proxy}
      const config = {registry: 'ghcr.io', repository, caFile: hosted.caFile}
      const without = open(config, env)
      await rejectsWith('AUTHENTICATION_REQUIRED', () => without.resolve('1.0.0'))
      const within = open(config, {...env, GITHUB_ACTOR: 'octocat'})
      assert.equal(await within.resolve('1.0.0'), undefined)
      const users = hosted.registry.requests.map(({authorization}) => authorization)
      assert.ok(users.includes(basicHeader({username: 'token', password: 'ghs_1'})))
      assert.deepEqual(new Set(hosted.connected), new Set(['ghcr.io:443']))
    }))

  for (const registry of ['docker.io', 'index.docker.io', 'registry-1.docker.io']) {
    it(`are found under Docker Hub's own key for ${registry}`, () =>
      withWorkspace(async ({folder, open}) => {
        const hosts = ['registry-1.docker.io']
        await using hosted = await startHosted(hosts, join(folder, 'tls'), {
          authorize: requireBasic(login),
        })
        await dockerConfig(join(folder, '.docker'), {
          auths: {'https://index.docker.io/v1/': {auth: auth(login)}},
        })
        const config = {registry, repository, caFile: hosted.caFile}
        const env = {HTTPS_PROXY: hosted.proxy}
        assert.equal(await open(config, env).resolve('1.0.0'), undefined)
        assert.equal(await open({...config, auth: login}, env).resolve('1.0.0'), undefined)
        assert.deepEqual(new Set(hosted.connected), new Set(['registry-1.docker.io:443']))
      }))
  }

  for (const [registry, helper] of [
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'ecr-login'],
    ['europe-west1-docker.pkg.dev', 'gcloud'],
    ['eu.gcr.io', 'gcr'],
    ['shop.azurecr.io', 'acr-env'],
  ] as const) {
    it(`come from docker-credential-${helper} on PATH for ${registry}`, () =>
      withWorkspace(async ({folder, bin, open}) => {
        await using hosted = await startHosted([registry], join(folder, 'tls'), {
          authorize: requireBasic(login),
        })
        const {asked} = await writeHelper(bin, helper, login)
        const env = {HTTPS_PROXY: hosted.proxy}
        const storage = open({registry, repository, caFile: hosted.caFile}, env)
        assert.equal(await storage.resolve('1.0.0'), undefined)
        assert.deepEqual(await asked(), [registry])
        const checks = await storage.check()
        const source = checks.find(({name}) => name === 'credentials')
        assert.equal(source?.message, join(bin, `docker-credential-${helper}`))
      }))
  }

  it('come from what docker login left before the helper of the cloud', () =>
    withWorkspace(async ({folder, bin, open}) => {
      const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
      await using hosted = await startHosted([registry], join(folder, 'tls'), {
        authorize: requireBasic(login),
      })
      const {asked} = await writeHelper(bin, 'ecr-login', other)
      await dockerConfig(join(folder, '.docker'), {auths: {[registry]: {auth: auth(login)}}})
      const env = {HTTPS_PROXY: hosted.proxy}
      const storage = open({registry, repository, caFile: hosted.caFile}, env)
      assert.equal(await storage.resolve('1.0.0'), undefined)
      assert.deepEqual(await asked(), [])
    }))

  it('come from the AWS CLI for ECR where there is no helper', () =>
    withWorkspace(async ({folder, bin, open}) => {
      const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
      await using hosted = await startHosted([registry], join(folder, 'tls'), {
        authorize: requireBasic({username: 'AWS', password: 'twelve-hours'}),
      })
      const body = `[ "$AWS_PROFILE $*" = 'ops ecr get-login-password --region eu-west-1' ] && echo twelve-hours`
      await writeProgram(bin, 'aws', body)
      const env = {HTTPS_PROXY: hosted.proxy, AWS_PROFILE: 'ops'}
      const storage = open({registry, repository, caFile: hosted.caFile}, env)
      assert.equal(await storage.resolve('1.0.0'), undefined)
    }))

  it('say what to do where the AWS CLI has none', () =>
    withWorkspace(async ({bin, open}) => {
      const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
      await writeProgram(bin, 'aws', 'echo "Error loading SSO Token" >&2; exit 255')
      const storage = open({registry, repository})
      const error = await rejectsWith('AUTHENTICATION_REQUIRED', () => storage.resolve('1.0.0'))
      assert.match(error.hint ?? '', /aws sso login/)
    }))
})

/** Each check by its name, in one line. */
async function messages(storage: Storage): Promise<Record<string, string>> {
  const checks = await storage.check()
  return Object.fromEntries(
    checks.map(({name, status, message}) => [name, `${status}: ${message}`]),
  )
}

describeWith(['oras'], 'checking a registry', () => {
  it('says which credentials were used and that they may push', () =>
    withPrivateRegistry(async (registry, {open}) => {
      const checks = await messages(open({registry: registry.host, repository, auth: login}))
      assert.deepEqual(checks, {
        oras: `ok: 1.3.3 (${tool('oras')})`,
        registry: `ok: oci://${registry.host}/${repository} answers and has 1 tag`,
        credentials: 'ok: auth in the configuration',
        push: 'ok: the credentials allow to push',
      })
      assert.deepEqual([...registry.repository(repository).tags.keys()], ['1.0.0'])
    }))

  it('tells a login that may only pull', async () => {
    await using tokens = await startTokenAuth([{...login, actions: ['pull']}])
    await using registry = await startScriptedRegistry({authorize: tokens.authorize})
    keepIn(registry, repository, artifactOf(1), '1.0.0')
    await withWorkspace(async ({open}) => {
      const checks = await messages(open({registry: registry.host, repository, auth: login}))
      assert.equal(checks['registry']?.startsWith('ok'), true)
      assert.equal(checks['push'], 'failed: the credentials allow to pull, not to push')
    })
  })

  it('says that wrong credentials are refused', () =>
    withPrivateRegistry(async (registry, {open}) => {
      const checks = await messages(open({registry: registry.host, repository, auth: other}))
      assert.equal(checks['registry'], 'failed: authentication required')
      assert.equal(checks['credentials'], 'failed: auth in the configuration')
    }))

  it('leaves an empty repository empty', async () => {
    await using registry = await startScriptedRegistry()
    await withWorkspace(async ({open}) => {
      const checks = await messages(open({registry: registry.host, repository: newRepository()}))
      assert.match(checks['registry'] ?? '', /^ok: .* is empty/)
      assert.match(checks['push'] ?? '', /^skipped/)
      assert.ok(registry.requests.every(({method}) => method === 'GET' || method === 'HEAD'))
    })
  })

  it('stops at a missing oras', () =>
    withWorkspace(async ({open}) => {
      const storage = open({registry: '127.0.0.1:1', repository}, {SQUIZZLE_ORAS: undefined})
      assert.deepEqual(await messages(storage), {oras: 'failed: oras was not found on PATH'})
    }))
})
