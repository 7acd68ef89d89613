import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {inspect} from 'node:util'
import {parse} from 'valibot'
import {ociBackend} from '../../../src/storage/oci/backend.ts'
import {describeWith} from '../../support/services.ts'
import {artifactOf, cacheWith, create, keepIn, move} from './support/artifacts.ts'
import {requireBasic} from './support/basic-auth.ts'
import {witnessOras, writeHelper} from './support/programs.ts'
import {startScriptedRegistry, type ScriptedRegistry} from './support/scripted-registry.ts'
import {startTokenAuth} from './support/token-server.ts'
import {withWorkspace} from './support/workspace.ts'

const repository = 'shop/migrations'
const artifact = artifactOf(3)
const username = 'ada'

/** A secret of which every form can be found: as it is, in an address, and in a header. */
function canary(name: string) {
  const secret = `canary/${name}+${'0123456789abcdef'.repeat(2)}`
  const pair = Buffer.from(`${username}:${secret}`).toString('base64')
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), pair]
  return {secret, forms}
}

const canaries = {
  oci: canary('oci-password'),
  config: canary('config-auth'),
  docker: canary('docker-config'),
  helper: canary('helper'),
  database: canary('database-url'),
}

const forms = Object.values(canaries).flatMap((one) => one.forms)

function assertFree(text: string, where: string): void {
  for (const form of forms) assert.ok(!text.includes(form), `a secret is in ${where}`)
}

/** What this process's children and theirs were started with, looked at until it is stopped. */
function watchProcesses(): () => readonly string[] {
  const seen = new Set<string>()
  const timer = setInterval(() => {
    for (const pid of descendantsOf(process.pid)) {
      seen.add(textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' '))
    }
  }, 1)
  return () => {
    clearInterval(timer)
    return [...seen]
  }
}

function descendantsOf(pid: number): number[] {
  const children = textOf(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter(Boolean)
    .map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

/** Empty where the process has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true, recursive: true})
  return entries.filter((entry) => entry.isFile()).map((one) => join(one.parentPath, one.name))
}

type Slot = 'oci' | 'config' | 'docker' | 'helper'

describeWith(['oras'], 'a secret', () => {
  for (const slot of ['oci', 'config', 'docker', 'helper'] as const satisfies Slot[]) {
    it(`in the place of ${slot} is nowhere but in the requests of its registry`, () =>
      withWorkspace(async ({open, bin, folder, newCache, warnings}) => {
        const {secret: password} = canaries[slot]
        await using registry = await startScriptedRegistry({
          authorize: requireBasic({username, password}),
        })
        const witness = await witnessOras(bin)
        await writeHelper(bin, 'canary', {username, password: canaries.helper.secret})
        const docker = join(folder, 'docker')
        await mkdir(docker)
        const auth = Buffer.from(`${username}:${canaries.docker.secret}`).toString('base64')
        await writeFile(
          join(docker, 'config.json'),
          JSON.stringify(
            slot === 'helper' ? {credsStore: 'canary'} : {auths: {[registry.host]: {auth}}},
          ),
        )
        const env = {
          SQUIZZLE_ORAS: witness.path,
          DOCKER_CONFIG: docker,
          DATABASE_URL: `postgres://app:${canaries.database.secret}@db/shop`,
          ...(slot === 'oci' && {OCI_USERNAME: username, OCI_PASSWORD: password}),
        }
        const config = {registry: registry.host, repository}
        const storage = open(
          slot === 'config' ? {...config, auth: {username, password}} : config,
          env,
        )
        const stop = watchProcesses()
        const cache = await cacheWith(newCache(), artifact)
        const heard: unknown[] = []
        const onProgress = (progress: unknown) => void heard.push(progress)
        heard.push(
          await storage.push(artifact.manifest, cache, [create('1.2.0'), move('latest')], {
            onProgress,
          }),
          await storage.pull(artifact.manifest, newCache(), {onProgress}),
          await storage.check(),
          await failuresOf(registry, storage),
        )
        const processes = stop()

        assert.ok(processes.some((line) => line.includes('--oci-layout') || line.includes('oras')))
        for (const line of processes) assertFree(line, `the arguments of ${line.slice(0, 80)}`)
        assertFree(await witness.environment(), "oras's environment")
        assertFree(inspect(heard, {depth: 10, showHidden: true}), 'what is reported')
        assertFree(warnings.join('\n'), 'a warning')
        const own = [join(docker, 'config.json'), join(bin, 'docker-credential-canary')]
        for (const file of await filesBelow(folder)) {
          if (!own.includes(file)) assertFree(await readFile(file, 'latin1'), file)
        }
      }))
  }

  it('does not follow a redirect to another host', () =>
    withWorkspace(async ({open, newCache}) => {
      await using elsewhere = await startScriptedRegistry()
      await using asking = await startTokenAuth([])
      await using registry = await startScriptedRegistry({
        authorize: requireBasic({username, password: canaries.config.secret}),
      })
      keepIn(registry, repository, artifact, '1.2.0')
      keepIn(elsewhere, 'files', artifact)
      const auth = {username, password: canaries.config.secret}
      const storage = open({registry: registry.host, repository, auth})

      // a store of blobs beside the registry, under another name for the same machine and under another port
      for (const host of [elsewhere.host, elsewhere.host.replace('127.0.0.1', 'localhost')]) {
        registry.on(/^GET .*blobs/, (request, response) => {
          const digest = request.url?.split('/').at(-1)
          response.writeHead(307, {location: `http://${host}/v2/files/blobs/${digest}`}).end()
        })
        await storage.pull(artifact.manifest, newCache())
      }
      assert.ok(elsewhere.requests.length > 0)
      // one that asks for credentials of its own
      elsewhere.on(/./, asking.authorize)
      await assert.rejects(storage.pull(artifact.manifest, newCache()))
      for (const {authorization} of [...elsewhere.requests, ...asking.server.requests]) {
        assert.equal(authorization, undefined)
      }
    }))

  it('is not taken from an address', () => {
    const {secret} = canaries.oci
    const wrong = [
      () => ociBackend.fromUrl?.(`oci://ada:${secret}@ghcr.io/shop/migrations`),
      () => parse(ociBackend.configSchema, {registry: `ada:${secret}@ghcr.io`, repository}),
    ]
    for (const act of wrong) {
      assert.throws(act, (error) => {
        assertFree(inspect(error, {depth: 10}), 'the error')
        return true
      })
    }
  })
})

/** What goes wrong in every way that is told apart, with all that it says. */
async function failuresOf(
  registry: ScriptedRegistry,
  storage: {tags: () => AsyncIterable<string>},
): Promise<unknown[]> {
  const errors: unknown[] = []
  for (const code of [400, 401, 403, 404, 405, 418]) {
    // a registry that says back what it was sent
    registry.on(/tags/, (request, response) => {
      const {authorization} = request.headers
      if (authorization === undefined) return 'pass'
      const body = JSON.stringify({errors: [{code: 'ECHO', message: `you sent ${authorization}`}]})
      response.writeHead(code, {'content-type': 'application/json'}).end(body)
      return undefined
    })
    errors.push(await Array.fromAsync(storage.tags()).catch((error: unknown) => error))
  }
  assert.match(inspect(errors, {depth: 10}), /you sent/)
  return errors
}
