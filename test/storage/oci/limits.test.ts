import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith} from '../../support/services.ts'
import {artifactOf, cacheWith, create, keepIn, nextOf} from './support/artifacts.ts'
import {writeProgram} from './support/programs.ts'
import {startScriptedRegistry, status, type Answer} from './support/scripted-registry.ts'
import {withWorkspace} from './support/workspace.ts'

const repository = 'shop/migrations'
const first = artifactOf(1)
const second = nextOf(first)
const layer = first.layers[0]!
const bytes = first.blobs.get(layer.digest)!
const getLayer = new RegExp(`^GET .*/blobs/${layer.digest}`)

const silence: Answer = () => undefined

/** A part of the layer, then what the connection does. */
function cut(at: number, after: 'silence' | 'close' | 'reset'): Answer {
  return (request, response) => {
    response.writeHead(200, {'content-length': bytes.length})
    response.write(bytes.subarray(0, at), () => {
      if (after === 'close') request.socket.destroy()
      if (after === 'reset') request.socket.resetAndDestroy()
    })
    if (at === 0) response.flushHeaders()
  }
}

/** One byte now and then. */
const drip: Answer = (_request, response) => {
  response.writeHead(200, {'content-length': bytes.length})
  let at = 0
  const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 50)
  response.on('close', () => clearInterval(timer))
}

/** oras 1.3.3 follows redirects without end. */
const roundAbout: Answer = (request, response) => {
  response.writeHead(307, {location: request.url}).end()
}

describeWith(['oras'], 'a time limit', () => {
  for (const [title, answer] of [
    ['a registry that never answers', silence],
    ['a layer that stops half-way', cut(100, 'silence')],
    ['a layer that comes byte by byte', drip],
    ['a redirect that leads to itself', roundAbout],
  ] as const) {
    it(`ends ${title}, and what was transferred stays`, () =>
      withWorkspace(async ({open, newCache}) => {
        await using registry = await startScriptedRegistry()
        keepIn(registry, repository, first, '1.0.0')
        let ended = false
        registry.on(getLayer, (...both) => (ended ? 'pass' : answer(...both)))
        const storage = open({registry: registry.host, repository})
        const cache = newCache()
        const pull = () => storage.pull(first.manifest, cache, {timeout: 700})
        const error = await rejectsWith('TIMEOUT', pull)
        assert.equal(error.message, 'timeout pulling artifact')
        assert.match(error.hint ?? '', /--timeout/)
        assert.equal(await cache.read(layer.digest), undefined)
        assert.ok(await cache.read(first.config.digest))
        ended = true
        const {blobs} = await storage.pull(first.manifest, cache)
        assert.ok(!blobs.includes(first.config.digest))
        assert.ok(await cache.read(layer.digest))
      }))
  }

  it('ends a push', () =>
    withWorkspace(async ({open, newCache}) => {
      await using registry = await startScriptedRegistry()
      registry.on(/^PUT .*blobs/, silence)
      const storage = open({registry: registry.host, repository})
      const cache = await cacheWith(newCache(), first)
      const push = () => storage.push(first.manifest, cache, [create('1.0.0')], {timeout: 700})
      const error = await rejectsWith('TIMEOUT', push)
      assert.equal(error.message, 'timeout pushing artifact')
      assert.deepEqual([...registry.repository(repository).tags], [])
    }))
})

describeWith(['oras'], 'an abort', () => {
  it('ends oras and what it started, also where they do not heed a first signal', () =>
    withWorkspace(async ({open, bin, newCache}) => {
      const stubborn = await writeProgram(
        bin,
        'oras',
        `[ "$1" = version ] && { echo 'Version: 1.3.3'; exit; }
trap '' INT
echo $$ > '${bin}/pid'
/bin/sh -c 'trap "" INT; echo $$ > "$0/grandchild"; while :; do /bin/sleep 1; done' '${bin}' &
while :; do /bin/sleep 1; done`,
      )
      const storage = open({registry: '127.0.0.1:1', repository}, {SQUIZZLE_ORAS: stubborn})
      const reason = new Error('somebody pressed Ctrl-C')
      const controller = new AbortController()
      const pull = storage.pull(first.manifest, newCache(), {signal: controller.signal})
      const ended = assert.rejects(pull, (error) => error === reason)
      const pids = await Promise.all([readPid(`${bin}/pid`), readPid(`${bin}/grandchild`)])
      controller.abort(reason)
      await ended
      for (const pid of pids) assert.equal(await isRunning(pid), false)
    }))

  it('of a pull leaves the cache as good as before', () =>
    withWorkspace(async ({open, newCache}) => {
      await using registry = await startScriptedRegistry()
      keepIn(registry, repository, second, '1.1.0')
      const storage = open({registry: registry.host, repository})
      const cache = await cacheWith(newCache(), second)
      await cache.remove(layer.digest)
      const controller = new AbortController()
      registry.on(getLayer, () => controller.abort(), 1)
      const {signal} = controller
      await assert.rejects(storage.pull(second.manifest, cache, {signal}), {name: 'AbortError'})
      assert.ok(await cache.read(second.manifest.digest), 'the manifest is gone')
      await storage.pull(second.manifest, cache)
      assert.ok(await cache.read(layer.digest))
    }))
})

describeWith(['oras'], 'what may pass', () => {
  for (const at of [0, 1, Math.floor(bytes.length / 2), bytes.length - 1]) {
    for (const after of ['close', 'reset'] as const) {
      it(`is tried again: a layer cut by a ${after} after ${at} of ${bytes.length} bytes`, () =>
        withWorkspace(async ({open, newCache}) => {
          await using registry = await startScriptedRegistry()
          keepIn(registry, repository, first, '1.0.0')
          registry.on(getLayer, cut(at, after), 1)
          const cache = newCache()
          await open({registry: registry.host, repository}).pull(first.manifest, cache)
          assert.deepEqual(await cache.read(layer.digest), bytes)
          const configs = registry.lines().filter((line) => line.includes(first.config.digest))
          assert.ok(configs.length <= 2)
        }))
    }
  }

  for (const [title, body] of [
    ['too short', bytes.subarray(1)],
    ['too long', Buffer.concat([bytes, Buffer.from('x')])],
    ['of other bytes', Buffer.alloc(bytes.length, 'x')],
  ] as const) {
    it(`is tried once more: a layer that is ${title}`, () =>
      withWorkspace(async ({open, newCache}) => {
        await using registry = await startScriptedRegistry()
        keepIn(registry, repository, first, '1.0.0')
        registry.on(getLayer, (_request, response) => void response.end(body), 1)
        const cache = newCache()
        await open({registry: registry.host, repository}).pull(first.manifest, cache)
        assert.deepEqual(await cache.read(layer.digest), bytes)
      }))
  }

  it('is tried again: a registry that is overloaded for longer than oras waits', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      keepIn(registry, repository, first, '1.0.0')
      // oras gives up after six
      registry.on(/./, status(503, 'no backend'), 7)
      assert.ok(await open({registry: registry.host, repository}).resolve('1.0.0'))
      assert.equal(registry.requests.length, 8)
    }))

  it('is tried again: a manifest whose blobs the registry does not see yet', () =>
    withWorkspace(async ({open, newCache}) => {
      await using registry = await startScriptedRegistry()
      const error = {code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry'}
      registry.on(/^PUT .*manifests/, status(404, error), 1)
      const storage = open({registry: registry.host, repository})
      const cache = await cacheWith(newCache(), first)
      await storage.push(first.manifest, cache, [create('1.0.0')])
      assert.ok(await storage.resolve('1.0.0'))
    }))

  it('does not leave a trace of failed tries in the cache', () =>
    withWorkspace(async ({open, newCache}) => {
      await using registry = await startScriptedRegistry()
      keepIn(registry, repository, first, '1.0.0')
      registry.on(getLayer, (_request, response) => void response.end('wrong'))
      const cache = newCache()
      const storage = open({registry: registry.host, repository})
      await rejectsWith('INTEGRITY', () => storage.pull(first.manifest, cache))
      assert.equal(await cache.has(layer), false)
      assert.equal(await cache.has(first.manifest), false)
    }))
})

/** The process id in a file, once it is written. */
async function readPid(file: string): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''))
    if (pid > 0) return pid
    await sleep(10)
  }
}

/** One that has ended and that nobody has asked for is no longer running. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
  return !/\) Z/.test(stat)
}
