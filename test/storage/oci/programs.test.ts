import assert from 'node:assert/strict'
import {chmod, copyFile, mkdir, readdir, readFile, stat, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {sha256} from '../../../src/artifact/digest.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import type {ErrorCode} from '../../../src/errors.ts'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith, service, tool} from '../../support/services.ts'
import {artifactOf, cacheWith, create, keepIn} from './support/artifacts.ts'
import {witnessOras, writeProgram} from './support/programs.ts'
import {startScriptedRegistry} from './support/scripted-registry.ts'
import {newRepository, withWorkspace} from './support/workspace.ts'

const repository = 'shop/migrations'
const artifact = artifactOf(2)
const nowhere = {registry: '127.0.0.1:1', repository}

/** Answers `version` as told, else does what the body says. */
const script = (version: string, body = 'exit 0') =>
  `[ "$1" = version ] && { echo 'Version:        ${version}'; exit; }\n${body}`

describe('the oras that is started', () => {
  it('is looked for on PATH, where relative folders do not count', () =>
    withWorkspace(async ({open, bin, folder}) => {
      const without = {SQUIZZLE_ORAS: undefined}
      const storage = open(nowhere, without)
      const error = await rejectsWith('TOOL_MISSING', () => storage.resolve('1.0.0'))
      assert.equal(error.message, 'oras was not found on PATH')
      assert.match(error.hint ?? '', /Install oras 1\.3\.1 or newer.*SQUIZZLE_ORAS/)

      await writeProgram(bin, 'oras', script('1.3.0'))
      await rejectsWith('TOOL_MISSING', () => open(nowhere, without).resolve('1.0.0'))
      const before = process.cwd()
      process.chdir(dirname(bin))
      try {
        const relative = open(nowhere, {...without, PATH: `bin::.:${folder}`})
        const missing = await rejectsWith('TOOL_MISSING', () => relative.resolve('1.0.0'))
        assert.equal(missing.message, 'oras was not found on PATH')
      } finally {
        process.chdir(before)
      }
    }))

  it('is the one that SQUIZZLE_ORAS names, or none', () =>
    withWorkspace(async ({open, bin, folder}) => {
      await writeProgram(bin, 'oras', script('1.3.3'))
      const error = await rejectsWith('TOOL_MISSING', () =>
        open(nowhere, {SQUIZZLE_ORAS: 'tools/oras'}).resolve('1.0.0'),
      )
      assert.ok(error.message.includes(join(folder, 'tools/oras')))
    }))

  for (const [title, output] of [
    ['too old', 'Version: 1.2.2'],
    ['of a pre-release that is too old', 'Version: 1.3.1-rc.1'],
    ['something else', 'usage: oras [--help]'],
    ['silent', ''],
  ] as const) {
    it(`is refused where it is ${title}`, () =>
      withWorkspace(async ({open, bin}) => {
        const path = await writeProgram(bin, 'oras', `echo '${output}'`)
        const storage = open(nowhere, {SQUIZZLE_ORAS: path})
        const error = await rejectsWith('TOOL_MISSING', () => storage.resolve('1.0.0'))
        assert.ok(error.message.startsWith(path))
        const [check] = await storage.check()
        assert.equal(check?.status, 'failed')
      }))
  }

  it('is refused where it is for another kind of machine', () =>
    withWorkspace(async ({open, bin}) => {
      await mkdir(bin, {recursive: true})
      await writeFile(join(bin, 'oras'), '#!/lib/ld-of-another-machine.so\n')
      await chmod(join(bin, 'oras'), 0o755)
      const storage = open(nowhere, {SQUIZZLE_ORAS: join(bin, 'oras')})
      const error = await rejectsWith('TOOL_MISSING', () => storage.resolve('1.0.0'))
      assert.match(error.message, /cannot be started/)
    }))

  for (const version of ['1.3.1', '1.3.3', '1.4.0-beta.1', '2.0.0', '1.3.3+unknown']) {
    it(`may be ${version}`, () =>
      withWorkspace(async ({open, bin}) => {
        const path = await writeProgram(bin, 'oras', script(version))
        const [check] = await open(nowhere, {SQUIZZLE_ORAS: path}).check()
        assert.equal(check?.message, `${version} (${path})`)
      }))
  }
})

describe('the version of oras', () => {
  it('is asked once for a binary, and again for a changed one', () =>
    withWorkspace(async ({open, bin}) => {
      const log = join(bin, 'asked')
      const body = (version: string) => `echo "$1" >> '${log}'\n${script(version, 'exit 1')}`
      const path = await writeProgram(bin, 'oras', body('1.3.1'))
      const check = async () => (await open(nowhere, {SQUIZZLE_ORAS: path}).check())[0]?.message
      assert.equal(await check(), `1.3.1 (${path})`)
      assert.equal(await check(), `1.3.1 (${path})`)
      assert.deepEqual(await versionsAsked(log), 1)
      await writeProgram(bin, 'oras', body('1.3.2'))
      await utimes(path, new Date(), new Date(Date.now() + 5000))
      assert.equal(await check(), `1.3.2 (${path})`)
      assert.deepEqual(await versionsAsked(log), 2)
    }))

  it('is asked again where a failure looks like that of an old one', () =>
    withWorkspace(async ({open, bin}) => {
      const path = await writeProgram(bin, 'oras', script('1.3.3'))
      await open(nowhere, {SQUIZZLE_ORAS: path}).check()
      const {mtime, size} = await stat(path)
      const old = `#!/bin/sh\n${script('1.2.0', 'echo "Error: unknown flag: --x" >&2; exit 1')}\n`
      assert.ok(old.length > size)
      await writeProgram(bin, 'oras', script('1.3.3').padEnd(old.length - '#!/bin/sh\n\n'.length))
      await utimes(path, mtime, mtime)
      await open(nowhere, {SQUIZZLE_ORAS: path}).check()
      await writeFile(path, old)
      await utimes(path, mtime, mtime)
      const storage = open(nowhere, {SQUIZZLE_ORAS: path})
      const error = await rejectsWith('TOOL_MISSING', () => storage.resolve('1.0.0'))
      assert.match(error.message, /1\.2\.0, which is too old/)
    }))
})

interface Lie {
  readonly body: string
  readonly act: 'resolve' | 'pull' | 'push' | 'tags'
  readonly code: ErrorCode
}

describe('an oras that is not what it says', () => {
  const lies: Record<string, Lie> = {
    'does nothing and says that it pulled': {body: 'exit 0', act: 'pull', code: 'INTEGRITY'},
    'does nothing and says that it pushed': {body: 'exit 0', act: 'push', code: 'INTEGRITY'},
    'prints no descriptor': {body: 'echo "<html>"', act: 'resolve', code: 'INTEGRITY'},
    'prints no list': {body: 'echo \'{"tags":"all"}\'', act: 'tags', code: 'INTEGRITY'},
    'names another digest': {
      body: `echo '{"mediaType":"x","digest":"sha256:${'0'.repeat(64)}","size":1}'`,
      act: 'resolve',
      code: 'INTEGRITY',
    },
    'never stops talking': {
      body: 'while :; do echo 0123456789012345678901234567890123456789; done',
      act: 'tags',
      code: 'TOO_LARGE',
    },
    'is killed': {body: 'kill -9 $$', act: 'tags', code: 'UNEXPECTED'},
    'says nothing of why it failed': {body: 'exit 1', act: 'tags', code: 'UNEXPECTED'},
    'puts other bytes into the cache': {
      body: `for one; do last=$one; done
name=\${last%%:*}
for blob in ${[artifact.manifest, artifact.config, ...artifact.layers].map(({digest}) => digest.slice(7)).join(' ')}; do
  echo wrong > "$name/blobs/sha256/$blob"
done`,
      act: 'pull',
      code: 'INTEGRITY',
    },
  }
  for (const [title, {body, act, code}] of Object.entries(lies)) {
    it(`is found out when it ${title}`, () =>
      withWorkspace(async ({open, bin, newCache}) => {
        const path = await writeProgram(bin, 'oras', script('1.3.3', body))
        const storage = open(nowhere, {SQUIZZLE_ORAS: path})
        const cache = newCache()
        const acts = {
          resolve: () => storage.resolve(artifact.manifest.digest),
          tags: () => Array.fromAsync(storage.tags()),
          pull: () => storage.pull(artifact.manifest, cache),
          push: async () =>
            storage.push(artifact.manifest, await cacheWith(cache, artifact), [create('1.0.0')]),
        }
        await rejectsWith(code, acts[act])
        if (act === 'pull') assert.equal(await cache.read(artifact.manifest.digest), undefined)
      }))
  }
})

describeWith(['registry', 'oras'], 'the calls of oras', () => {
  it('hold nothing of a user where a flag could be', () =>
    withWorkspace(async ({open, bin, newCache}) => {
      const witness = await witnessOras(bin)
      const config = {registry: service('registry').address, repository: newRepository()}
      const storage = open(config, {SQUIZZLE_ORAS: witness.path})
      const cache = await cacheWith(newCache(), artifact)
      await storage.push(artifact.manifest, cache, [create('1.1.0')])
      await storage.pull(artifact.manifest, newCache())
      await storage.remove('1.1.0')
      const calls = (await witness.starts()).filter(([command]) => command !== 'version')
      assert.ok(calls.length > 5)
      for (const call of calls) {
        const border = call.indexOf('--')
        assert.ok(border > 0, call.join(' '))
        const given = [config.registry, config.repository, '1.1.0', artifact.manifest.digest]
        for (const flag of call.slice(0, border)) {
          assert.ok(!given.some((text) => flag.includes(text)), flag)
        }
      }
    }))

  for (const tag of ['--config=x', '-o/etc/x', '@file', 'a b', '$(id)', 'a\nb', 'a\0b', '..', '']) {
    it(`are not made for a tag like ${JSON.stringify(tag)}`, () =>
      withWorkspace(async ({open, bin, newCache}) => {
        const witness = await witnessOras(bin)
        const storage = open(nowhere, {SQUIZZLE_ORAS: witness.path})
        const cache = await cacheWith(newCache(), artifact)
        assert.equal(await storage.resolve(tag), undefined)
        const push = () => storage.push(artifact.manifest, cache, [create(tag)])
        await rejectsWith('USAGE', push)
        await rejectsWith('USAGE', () => storage.tag(artifact.manifest, create(tag)))
        await storage.remove(tag)
        assert.deepEqual(await witness.starts(), [])
      }))
  }

  it('work where every path has signs in it that mean something to oras', () =>
    withWorkspace(async ({open, folder}) => {
      const odd = join(folder, 'a b@c:d,e$(f)')
      await mkdir(odd)
      await copyFile(tool('oras'), join(odd, 'oras'))
      const cache = openCache(join(odd, 'workspace'))
      const storage = open(
        {registry: service('registry').address, repository: newRepository()},
        {SQUIZZLE_ORAS: join(odd, 'oras'), DOCKER_CONFIG: odd, HOME: odd},
      )
      await cacheWith(cache, artifact)
      await storage.push(artifact.manifest, cache, [create('1.1.0')])
      const there = openCache(join(odd, 'elsewhere'))
      await storage.pull(artifact.manifest, there)
      assert.ok(await there.read(artifact.layers[0]!.digest))
    }))
})

describeWith(['oras'], 'an artifact that is none of squizzle', () => {
  it('is not fetched before that is noticed', () =>
    withWorkspace(async ({open, newCache}) => {
      await using registry = await startScriptedRegistry()
      const layer = 'application/vnd.oci.image.layer.v1.tar+gzip'
      const config = 'application/vnd.oci.image.config.v1+json'
      const bytes = Buffer.from(
        artifact.blobs
          .get(artifact.manifest.digest)!
          .toString()
          .replaceAll('application/vnd.squizzle.migrations.v1.tar+gzip', layer)
          .replaceAll('application/vnd.squizzle.config.v1+json', config)
          .replaceAll(/"org.opencontainers.image.title":"[^"]*",/g, ''),
      )
      const manifest = {...artifact.manifest, digest: sha256(bytes), size: bytes.length}
      const blobs = new Map([...artifact.blobs, [manifest.digest, bytes]])
      keepIn(registry, repository, {...artifact, manifest, blobs}, 'app')
      // an image's layers are large: here they never end
      registry.on(/GET .*blobs/, () => undefined)
      const cache = newCache()
      const storage = open({registry: registry.host, repository})
      const error = await rejectsWith('INTEGRITY', () => storage.pull(manifest, cache))
      assert.match(error.message, /not a squizzle artifact.*application\/vnd\.oci\.image/)
      const blobsKept = await readdir(join(cache.folder, 'blobs/sha256'))
      assert.deepEqual(blobsKept, [])
    }))
})

async function versionsAsked(log: string): Promise<number> {
  return (await readFile(log, 'utf8')).split('\n').filter((line) => line === 'version').length
}
