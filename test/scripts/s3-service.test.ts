import type {S3, S3ServiceException} from '@aws-sdk/client-s3'
import assert from 'node:assert/strict'
import {bareClient, newBucket} from '../support/s3.ts'
import {describeWith, service} from '../support/services.ts'

describeWith(['s3'], 'the service s3', () => {
  it('refuses a wrong secret, an unknown key and no signature at all', async () => {
    const {user, url} = service('s3')
    const bucket = await newBucket()
    const list = (client: S3) => client.listObjectsV2({Bucket: bucket})
    const wrong = bareClient({...user, secretAccessKey: 'wrong'})
    assert.equal(await refusal(list(wrong)), 'SignatureDoesNotMatch')
    const unknown = bareClient({...user, accessKeyId: 'NOBODY'})
    assert.equal(await refusal(list(unknown)), 'InvalidAccessKeyId')
    assert.equal((await fetch(`${url}/${bucket}`)).status, 403)
  })

  it("keeps a stranger out of its user's buckets", async () => {
    const bucket = await newBucket()
    const stranger = bareClient(service('s3').stranger)
    assert.equal(await refusal(stranger.listObjectsV2({Bucket: bucket})), 'AccessDenied')
  })

  it('lets exactly one of sixteen create an object, fifty times', async () => {
    const client = bareClient()
    const bucket = await newBucket(client)
    for (let round = 0; round < 50; round++) {
      const writers = await Promise.all(
        Array.from({length: 16}, async (_, writer) => {
          const put = client.putObject({
            Bucket: bucket,
            Key: `round-${round}`,
            Body: `writer ${writer}`,
            IfNoneMatch: '*',
          })
          return put.then(() => `writer ${writer}`, nameOf)
        }),
      )
      const winners = writers.filter((outcome) => outcome.startsWith('writer'))
      const losers = writers.filter((outcome) => outcome === 'PreconditionFailed')
      assert.deepEqual([winners.length, losers.length], [1, 15])
      const {Body} = await client.getObject({Bucket: bucket, Key: `round-${round}`})
      assert.equal(await Body?.transformToString(), winners[0])
    }
  })
})

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => assert.fail('it was admitted'), nameOf)
}

function nameOf(error: S3ServiceException): string {
  return error.name
}
