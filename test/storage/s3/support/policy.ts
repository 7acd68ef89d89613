import {bareClient} from '../../../support/s3.ts'

/** Allows the stranger these actions on a bucket (`GetObject`, ...), and no others any more. */
export async function allow(bucket: string, actions: readonly string[]): Promise<void> {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: {AWS: ['arn:aws:iam:::user/stranger']},
        Action: actions.map((action) => `s3:${action}`),
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      },
    ],
  })
  await bareClient().putBucketPolicy({Bucket: bucket, Policy})
}
