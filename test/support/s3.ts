import {S3} from '@aws-sdk/client-s3'
import {randomUUID} from 'node:crypto'
import type {S3Keys} from '../../scripts/services.d/ceph.ts'
import {service} from './services.ts'

/** The SDK without anything of squizzle: what makes buckets, and the witness of what is in them. */
export function bareClient(keys: S3Keys = service('s3').user): S3 {
  return new S3({
    endpoint: service('s3').url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: keys,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

/** A bucket with nothing in it. It goes with the server. */
export async function newBucket(client: S3 = bareClient()): Promise<string> {
  const bucket = `test-${randomUUID()}`
  await client.createBucket({Bucket: bucket})
  return bucket
}

/** Keys and sizes of all that is in a bucket. */
export async function objectsIn(
  bucket: string,
  client: S3 = bareClient(),
): Promise<Record<string, number>> {
  const objects: Record<string, number> = {}
  let after: string | undefined
  do {
    const page = await client.listObjectsV2({
      Bucket: bucket,
      ...(after !== undefined && {ContinuationToken: after}),
    })
    for (const {Key = '', Size = 0} of page.Contents ?? []) objects[Key] = Size
    after = page.NextContinuationToken
  } while (after !== undefined)
  return objects
}

/** The text of an object. */
export async function textOf(
  bucket: string,
  key: string,
  client: S3 = bareClient(),
): Promise<string> {
  const {Body} = await client.getObject({Bucket: bucket, Key: key})
  return (await Body?.transformToString()) ?? ''
}

/** The variables in which these keys reach a process. */
export function environmentOf({accessKeyId, secretAccessKey}: S3Keys): Record<string, string> {
  return {AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey}
}
