import assert from 'node:assert/strict'
import {randomUUID} from 'node:crypto'
import {sha256} from '../../../src/artifact/digest.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {create, listTags, move} from '../../../src/storage/contract/scene.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith, service} from '../../support/services.ts'
import {bareClient, newBucket, objectsIn, textOf} from '../../support/s3.ts'
import {openBucket} from './support/bucket.ts'
import {allow} from './support/policy.ts'

describeWith(['s3'], 'a bucket', () => {
  it('holds blobs by digest and tags as descriptors, below the prefix and nothing else', () =>
    withTempDir(async (folder) => {
      const bucket = await newBucket()
      const [artifact, cache] = [sampleArtifact(), openCache(folder)]
      await fillCache(cache, artifact)
      const {storage} = await openBucket({bucket, prefix: 'migrations'})
      await storage.push(artifact.manifest, cache, [create('1.0.0'), move('latest')])

      const {manifest, config, layers} = artifact
      const blobs = [manifest, config, ...layers]
      const {mediaType, digest, size} = manifest
      const tag = JSON.stringify({mediaType, digest, size})
      assert.deepEqual(await objectsIn(bucket), {
        ...Object.fromEntries(
          blobs
            .map((blob) => [`migrations/blobs/sha256/${blob.digest.slice(7)}`, blob.size] as const)
            .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        ),
        'migrations/tags/1.0.0': tag.length,
        'migrations/tags/latest': tag.length,
      })
      assert.equal(await textOf(bucket, 'migrations/tags/1.0.0'), tag)
      const key = `migrations/blobs/sha256/${digest.slice(7)}`
      assert.equal(sha256(await textOf(bucket, key)), digest)
    }))

  it('is a storage at its root, and beside others, which do not see each other', () =>
    withTempDir(async (folder) => {
      const bucket = await newBucket()
      const cache = openCache(folder)
      for (const prefix of [undefined, 'a', 'a/b/', 'é & ü+ %41']) {
        const artifact = sampleArtifact()
        await fillCache(cache, artifact)
        const {storage} = await openBucket({bucket, ...(prefix !== undefined && {prefix})})
        assert.deepEqual(await listTags(storage), [])
        await storage.push(artifact.manifest, cache, [create('1.0.0')])
        assert.deepEqual(await listTags(storage), ['1.0.0'])
      }
    }))

  it('lists more tags than fit into one answer, and is not confused by keys that are none', async () => {
    const client = bareClient()
    const bucket = await newBucket(client)
    const names = Array.from({length: 1050}, (_, at) => `1.0.${at}`)
    const odd = ['a b', 'ü', '50%', '%2F', 'a\u0001b', '<&>"\'', 'sub/1.0.0', '+', '.']
    const put = (key: string) =>
      client.putObject({Bucket: bucket, Key: `p/tags/${key}`, Body: '{}'})
    const all = [...names, ...odd].values()
    const writer = async () => {
      for (const name of all) await put(name)
    }
    await Promise.all(Array.from({length: 16}, writer))
    const {storage} = await openBucket({bucket, prefix: 'p/'})
    assert.deepEqual(await listTags(storage), names.toSorted())
  }).timeout(180_000)

  it('takes a tag that the server compares without quotes', () =>
    withTempDir(async (folder) => {
      const [first, second, cache] = [sampleArtifact(), sampleArtifact(), openCache(folder)]
      await fillCache(cache, first, second)
      const {storage, warnings} = await openBucket({bucket: await newBucket()})
      await storage.push(first.manifest, cache, [move('staging')])
      await storage.push(second.manifest, cache, [move('staging')])
      assert.equal((await storage.resolve('staging'))?.digest, second.manifest.digest)
      assert.deepEqual(warnings, [])
    }))
})

describeWith(['s3'], 'a bucket that keeps versions', () => {
  it('forgets a removed tag, which can then be set again', () =>
    withTempDir(async (folder) => {
      const bucket = await newVersionedBucket()
      const [first, second, cache] = [sampleArtifact(), sampleArtifact(), openCache(folder)]
      await fillCache(cache, first, second)
      const {storage} = await openBucket({bucket})
      await storage.push(first.manifest, cache, [create('1.0.0'), move('latest')])
      await storage.remove('1.0.0')
      assert.equal(await storage.resolve('1.0.0'), undefined)
      assert.deepEqual(await listTags(storage), ['latest'])
      await storage.push(second.manifest, cache, [create('1.0.0')])
      assert.equal((await storage.resolve('1.0.0'))?.digest, second.manifest.digest)
      const push = () => storage.push(first.manifest, cache, [create('1.0.0')])
      await rejectsWith('VERSION_EXISTS', push)
    }))

  it('moves a tag also where its server compares no versions', () =>
    withTempDir(async (folder) => {
      const [first, second, cache] = [sampleArtifact(), sampleArtifact(), openCache(folder)]
      await fillCache(cache, first, second)
      const {storage, warnings} = await openBucket({bucket: await newVersionedBucket()})
      await storage.push(first.manifest, cache, [move('staging')])
      await storage.push(second.manifest, cache, [move('staging')])
      assert.equal((await storage.resolve('staging'))?.digest, second.manifest.digest)
      assert.match(warnings.join(), /cannot tell whether somebody else moves a tag/)
    }))
})

describeWith(['s3'], 'who is not let in', () => {
  it('is told so: an access key that nobody has, a wrong secret', async () => {
    const {user} = service('s3')
    const bucket = await newBucket()
    const wrong = [
      {...user, accessKeyId: 'NOBODY'},
      {...user, secretAccessKey: 'CANARY'},
    ]
    for (const keys of wrong) {
      const {storage} = await openBucket({bucket}, keys)
      const error = await rejectsWith('AUTHENTICATION_REQUIRED', () => storage.resolve('1.0.0'))
      assert.equal(error.message, 'authentication required')
      assert.match(error.hint ?? '', /AWS_PROFILE.*`squizzle config validate`/)
      assert.doesNotMatch(JSON.stringify([error.hint, error.details]), /CANARY/)
    }
  })

  it('is told so: a bucket that is not there', async () => {
    const {storage} = await openBucket({bucket: `none-${randomUUID()}`})
    const work = [() => storage.resolve('1.0.0'), () => listTags(storage)]
    for (const ask of work) {
      const error = await rejectsWith('CONFIG_INVALID', ask)
      assert.match(error.message, /^127\.0\.0\.1:\d+ has no bucket none-/)
    }
  })

  it('is told so: a stranger, who may pull once that is allowed, and push once that is', () =>
    withTempDir(async (folder) => {
      const {stranger} = service('s3')
      const bucket = await newBucket()
      const [first, second] = [sampleArtifact(), sampleArtifact()]
      const [here, there] = [openCache(`${folder}/here`), openCache(`${folder}/there`)]
      await fillCache(here, first, second)
      const {storage: own} = await openBucket({bucket, prefix: 'p'})
      await own.push(first.manifest, here, [create('1.0.0')])

      const {storage} = await openBucket({bucket, prefix: 'p'}, stranger)
      const error = await rejectsWith('PERMISSION_DENIED', () => storage.resolve('1.0.0'))
      assert.equal(error.message, 'permission denied')
      assert.match(error.hint ?? '', /s3:ListBucket on the bucket test-.*p\/\*/)

      await allow(bucket, ['ListBucket', 'GetObject'])
      await storage.pull(first.manifest, there)
      const push = () => storage.push(second.manifest, here, [create('1.0.1')])
      await rejectsWith('PERMISSION_DENIED', push)

      await allow(bucket, ['ListBucket', 'GetObject', 'PutObject'])
      await push()
      assert.deepEqual(await listTags(own), ['1.0.0', '1.0.1'])
      await rejectsWith('PERMISSION_DENIED', () => storage.remove('1.0.1'))
    }))
})

async function newVersionedBucket(): Promise<string> {
  const client = bareClient()
  const bucket = await newBucket(client)
  const VersioningConfiguration = {Status: 'Enabled'} as const
  await client.putBucketVersioning({Bucket: bucket, VersioningConfiguration})
  return bucket
}
