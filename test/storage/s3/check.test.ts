import assert from 'node:assert/strict'
import {withTempDir} from '../../../src/files/temp.ts'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {create} from '../../../src/storage/contract/scene.ts'
import type {Check, Storage} from '../../../src/storage/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {describeWith, service} from '../../support/services.ts'
import {bareClient, newBucket, objectsIn} from '../../support/s3.ts'
import {openBucket, openWith} from './support/bucket.ts'
import {allow} from './support/policy.ts'
import {accept, etagOf, refuse, withScriptedServer} from './support/scripted-server.ts'

describeWith(['s3'], 'the check of a bucket', () => {
  it('says that it answers, with which credentials, and that a version is written only once', async () => {
    const bucket = await newBucket()
    const {storage} = await openBucket({bucket, prefix: 'p'})
    assert.deepEqual(await storage.check(), [
      {
        name: 'bucket',
        status: 'ok',
        message: `s3://${bucket}/p answers and is empty: the first push fills it`,
      },
      {name: 'credentials', status: 'ok', message: 'AWS_ACCESS_KEY_ID'},
      {
        name: 'push',
        status: 'ok',
        message: 'the credentials allow to push; a version is written only once',
      },
    ])
    assert.deepEqual(await objectsIn(bucket), {})
  })

  it('changes nothing in a storage that has something', async () => {
    const bucket = await newBucket()
    const {storage} = await openBucket({bucket, prefix: 'p'})
    await pushOne(storage)
    const before = await versionsIn(bucket)
    const checks = await storage.check()
    assert.equal(checks[0]?.message, `s3://${bucket}/p answers and has 1 tag`)
    assert.deepEqual(statuses(checks), {bucket: 'ok', credentials: 'ok', push: 'ok'})
    assert.deepEqual(await versionsIn(bucket), before)
  })

  it('tells who may pull from who may push, without ever writing what could not be removed', async () => {
    const bucket = await newBucket()
    const {storage: own} = await openBucket({bucket})
    const {storage} = await openBucket({bucket}, service('s3').stranger)
    const check = async (...actions: string[]) => {
      await allow(bucket, actions)
      const before = await versionsIn(bucket)
      const checks = await storage.check()
      assert.deepEqual(await versionsIn(bucket), before, actions.join())
      return checks
    }
    const reading = ['ListBucket', 'GetObject']
    const asking = [...reading, 'GetBucketVersioning']

    assert.deepEqual(statuses(await check('GetObject')), {bucket: 'failed', credentials: 'failed'})
    for (const actions of [reading, asking, [...asking, 'PutObject']]) {
      const checks = await check(...actions)
      assert.deepEqual(statuses(checks), {bucket: 'ok', credentials: 'ok', push: 'skipped'})
      assert.match(checks[2]?.message ?? '', /^only a first push can tell: the credentials may not/)
    }
    const denied = (await check(...asking, 'DeleteObject'))[2]
    assert.equal(denied?.status, 'failed')
    assert.equal(denied.message, 'the credentials allow to pull, not to push')
    const all = await check(...asking, 'DeleteObject', 'PutObject')
    assert.equal(all[2]?.status, 'ok')

    await pushOne(own)
    assert.equal((await check(...reading))[2]?.status, 'failed')
    assert.equal((await check(...reading, 'PutObject'))[2]?.status, 'ok')
  })

  it('finds out that a second writer is let in, where the server of a versioned bucket does that', async () => {
    const client = bareClient()
    const bucket = await newBucket(client)
    const VersioningConfiguration = {Status: 'Enabled'} as const
    await client.putBucketVersioning({Bucket: bucket, VersioningConfiguration})
    const {storage} = await openBucket({bucket})
    const empty = await storage.check()
    assert.equal(empty[2]?.status, 'skipped')
    assert.match(empty[2].message, /the bucket keeps versions of all that is removed$/)
    assert.deepEqual(await versionsIn(bucket), [])

    await pushOne(storage)
    const objects = await objectsIn(bucket)
    const checks = await storage.check()
    assert.equal(checks[2]?.status, 'failed')
    assert.match(checks[2].message, /^127\.0\.0\.1:\d+ lets a second writer replace a version$/)
    assert.match(checks[2].hint ?? '', /If-None-Match/)
    assert.deepEqual(await objectsIn(bucket), objects)
  })

  it('says what is wrong, once', async () => {
    const keys = {...service('s3').user, secretAccessKey: 'CANARY'}
    const {storage} = await openBucket({bucket: await newBucket()}, keys)
    const checks = await storage.check()
    assert.deepEqual(statuses(checks), {bucket: 'failed', credentials: 'failed'})
    assert.equal(checks[0]?.message, 'authentication required')
    assert.doesNotMatch(JSON.stringify(checks), /CANARY/)
  })
})

describe('the check of a server that is not as safe as S3', () => {
  const config = {bucket: 'bucket', region: 'us-east-1'}
  const env = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret'}

  it('finds out, in an empty storage and in another one, and leaves nothing behind', () =>
    withScriptedServer(async (server) => {
      const {storage} = await openWith({...config, endpoint: server.url}, env)
      const blob = `blobs/sha256/${'0'.repeat(64)}`
      for (const kept of [[], [[blob, Buffer.from('a blob')]] as const]) {
        server.objects.clear()
        for (const [key, bytes] of kept) server.objects.set(key, bytes)
        server.script = ({method, key, query, headers, body}) => {
          if (query.has('versioning')) return accept({}, '<VersioningConfiguration/>')
          if (method !== 'PUT' || headers['if-none-match'] === undefined) return undefined
          server.objects.set(key, body)
          return accept({etag: etagOf(body)})
        }
        const ignoring = (await storage.check())[2]
        assert.equal(ignoring?.status, 'failed')
        assert.match(ignoring.message, /lets a second writer replace a version$/)
        assert.deepEqual([...server.objects], [...kept])

        server.script = ({query, headers}) =>
          query.has('versioning') || headers['if-none-match'] !== undefined
            ? refuse(501, 'NotImplemented')
            : undefined
        const refusing = (await storage.check())[2]
        assert.equal(refusing?.status, 'failed')
        assert.match(refusing.message, /cannot refuse a second writer of a version$/)
        assert.deepEqual([...server.objects], [...kept])
      }
    }))

  it('removes its probe also when it is interrupted', () =>
    withScriptedServer(async (server) => {
      const {storage} = await openWith({...config, endpoint: server.url}, env)
      const controller = new AbortController()
      let written = 0
      server.script = ({method, query}) => {
        if (query.has('versioning')) return accept({}, '<VersioningConfiguration/>')
        if (method !== 'PUT' || ++written === 1) return undefined
        return () => controller.abort(new Error('nobody waits any more'))
      }
      await storage.check({signal: controller.signal})
      assert.equal(written, 2)
      assert.deepEqual([...server.objects], [])
    }))
})

async function pushOne(storage: Storage): Promise<void> {
  await withTempDir(async (folder) => {
    const [artifact, cache] = [sampleArtifact(), openCache(folder)]
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
  })
}

function statuses(checks: readonly Check[]): Record<string, string> {
  return Object.fromEntries(checks.map(({name, status}) => [name, status]))
}

/** Every version of every object, and every mark of a removal. */
async function versionsIn(bucket: string): Promise<string[]> {
  const {Versions = [], DeleteMarkers = []} = await bareClient().listObjectVersions({
    Bucket: bucket,
  })
  return [...Versions, ...DeleteMarkers].map(
    ({Key, VersionId, LastModified}) => `${Key} ${VersionId} ${LastModified?.toISOString()}`,
  )
}
