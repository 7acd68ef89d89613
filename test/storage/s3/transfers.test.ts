import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {assertHolds, create, listTags} from '../../../src/storage/contract/scene.ts'
import {rejectsWith} from '../../support/errors.ts'
import {falseBlobs, treeOf} from '../folder-facts.ts'
import {
  accept,
  etagOf,
  refuse,
  type Answer,
  type ScriptedServer,
} from './support/scripted-server.ts'
import {onStage} from './support/stage.ts'

describe('a pull from S3', () => {
  it('arrives whole wherever the connection was cut', () =>
    onStage(async ({server, storage, artifact, here, newCache}) => {
      await storage.push(artifact.manifest, here, [])
      const [layer] = artifact.layers
      assert.ok(layer)
      for (let at = 0; at < layer.size; at += 13) {
        let cut = false
        server.script = ({method, key}) => {
          const bytes = server.objects.get(key)
          if (cut || method !== 'GET' || bytes?.byteLength !== layer.size) return undefined
          cut = true
          return cutAt(bytes, at)
        }
        const there = newCache()
        await storage.pull(artifact.manifest, there)
        await assertHolds(there, artifact)
        assert.ok(cut, 'the connection was never cut')
      }
    }))

  it('says that the connection broke where it always does, and keeps nothing half', () =>
    onStage(async ({server, storage, artifact, here, newCache}) => {
      await storage.push(artifact.manifest, here, [])
      server.script = ({method, key}) => {
        const bytes = server.objects.get(key)
        if (method !== 'GET' || bytes === undefined) return undefined
        return cutAt(bytes, 10)
      }
      const there = newCache()
      await rejectsWith('CONNECTION_LOST', () => storage.pull(artifact.manifest, there))
      assert.deepEqual(Object.values(await treeOf(there.folder)).filter(Number.isInteger), [])
    }))

  it('asks again for bytes that are not those of the digest, and takes none that stay wrong', () =>
    onStage(async ({server, storage, artifact, here, newCache}) => {
      await storage.push(artifact.manifest, here, [])
      const damages: ((bytes: Buffer) => Buffer)[] = [
        (bytes) => Buffer.alloc(bytes.byteLength, 'x'),
        (bytes) => bytes.subarray(0, -1),
        (bytes) => Buffer.concat([bytes, Buffer.from('x')]),
        () => Buffer.alloc(0),
      ]
      for (const damage of damages) {
        const damaged = (times: number) => {
          const seen = new Map<string, number>()
          server.script = ({method, key}) => {
            const bytes = server.objects.get(key)
            const before = seen.get(key) ?? 0
            if (method !== 'GET' || bytes === undefined || before === times) return undefined
            seen.set(key, before + 1)
            return accept({etag: etagOf(bytes)}, damage(bytes))
          }
        }
        damaged(1)
        const there = newCache()
        await storage.pull(artifact.manifest, there)
        await assertHolds(there, artifact)
        damaged(Infinity)
        const nowhere = newCache()
        await rejectsWith('INTEGRITY', () => storage.pull(artifact.manifest, nowhere))
        assert.deepEqual(await falseBlobs(nowhere.folder), [])
      }
    }))

  it('hangs up on a tag that has no end', () =>
    onStage(async ({server, storage}) => {
      let hungUp: Promise<unknown> | undefined
      server.script = () => (response) => {
        hungUp = once(response, 'close')
        response.writeHead(200, {etag: '"x"'})
        // far beyond any tag; whoever waits for the end waits until the test is over
        response.write(Buffer.alloc(4 * 1024 * 1024))
      }
      await rejectsWith('TOO_LARGE', () => storage.resolve('1.0.0'))
      await hungUp
    }))
})

describe('a request to S3', () => {
  it('has a body of known length, and nothing that only AWS understands', () =>
    onStage(async ({server, storage, artifact, here}) => {
      await storage.push(artifact.manifest, here, [create('1.0.0')])
      const writes = server.asked.filter(({method}) => method === 'PUT')
      assert.equal(writes.length, 4)
      for (const {headers, body} of writes) {
        assert.equal(headers['content-length'], String(body.byteLength))
        const odd = /checksum|trailer|encoding|expect/
        assert.deepEqual(
          Object.keys(headers).filter((name) => odd.test(name)),
          [],
        )
        const signed = createHash('sha256').update(body).digest('hex')
        assert.equal(headers['x-amz-content-sha256'], signed)
      }
    }))

  const busy = [refuse(503, 'SlowDown'), refuse(500, 'InternalError'), refuse(502, 'BadGateway')]

  it('is repeated when the server is busy, and when it hangs up', () =>
    onStage(async ({server, storage, artifact, here}) => {
      const answers: Answer[] = [...busy, ({socket}) => void socket?.destroy()]
      for (const answer of answers) {
        let left = 2
        server.script = () => (left-- > 0 ? answer : undefined)
        await storage.push(artifact.manifest, here, [create('1.0.0')])
        assert.equal((await storage.resolve('1.0.0'))?.digest, artifact.manifest.digest)
        server.objects.clear()
      }
    }))

  it('is given up after four tries', () =>
    onStage(async ({server, storage}) => {
      server.script = () => refuse(500, 'InternalError')
      await rejectsWith('UNREACHABLE', () => storage.resolve('1.0.0'))
      assert.equal(server.asked.length, 4)
    }))

  it('is not repeated where nothing would change', () =>
    onStage(async ({server, storage}) => {
      for (const code of ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'AccessDenied']) {
        server.script = () => refuse(403, code)
        const before = server.asked.length
        await assert.rejects(storage.resolve('1.0.0'))
        assert.equal(server.asked.length, before + 1, code)
      }
    }))

  it('ends at the time limit, named by what it was for', () =>
    onStage(async ({server, storage, artifact, here, newCache}) => {
      await storage.push(artifact.manifest, here, [])
      server.script = () => () => undefined
      const limit = {timeout: 50}
      const pull = () => storage.pull(artifact.manifest, newCache(), limit)
      const pulled = await rejectsWith('TIMEOUT', pull)
      assert.equal(pulled.message, 'timeout pulling artifact')
      assert.match(pulled.hint ?? '', /--timeout/)
      const push = () => storage.push(artifact.manifest, here, [create('1.0.0')], limit)
      assert.equal((await rejectsWith('TIMEOUT', push)).message, 'timeout pushing artifact')
    }))

  it('ends when the server falls silent, before its answer or in the middle of it', () =>
    onStage(async ({server, storage, artifact, here, newCache}) => {
      await storage.push(artifact.manifest, here, [])
      const silences: ScriptedServer['script'][] = [
        () => () => undefined,
        () => (response) => {
          response.writeHead(200, {etag: '"x"', 'content-length': 100})
          response.write('abc')
        },
      ]
      for (const script of silences) {
        server.script = script
        const pull = () => storage.pull(artifact.manifest, newCache())
        const error = await rejectsWith('TIMEOUT', pull)
        assert.equal(error.message, 'timeout pulling artifact')
        assert.match(error.hint ?? '', /fell silent/)
      }
    }, 40))

  it('is dropped at once when nobody waits for it any more', () =>
    onStage(async ({server, storage, artifact, here, newCache}) => {
      await storage.push(artifact.manifest, here, [])
      const controller = new AbortController()
      const reason = new Error('nobody waits any more')
      let hungUp: Promise<unknown> | undefined
      server.script = () => (response) => {
        hungUp = once(response, 'close')
        response.writeHead(200, {etag: '"x"', 'content-length': 100})
        response.write('abc', () => controller.abort(reason))
      }
      const {signal} = controller
      const pull = storage.pull(artifact.manifest, newCache(), {signal})
      await assert.rejects(pull, (error) => error === reason)
      await hungUp
    }))
})

describe('a listing of S3', () => {
  it('has each of 5,000 tags once', () =>
    onStage(async ({server, storage}) => {
      const names = Array.from({length: 5000}, (_, at) => `1.0.${at}`)
      for (const name of names) server.objects.set(`tags/${name}`, Buffer.from('{}'))
      assert.deepEqual(await listTags(storage), names.toSorted())
      assert.equal(server.asked.length, 5)
    }))
})

/** Promises all bytes, and hangs up after some of them. */
function cutAt(bytes: Buffer, at: number): Answer {
  return (response) => {
    response.writeHead(200, {etag: etagOf(bytes), 'content-length': bytes.byteLength})
    response.write(bytes.subarray(0, at), () => response.destroy())
  }
}
