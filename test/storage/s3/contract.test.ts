import {randomUUID} from 'node:crypto'
import {hexOf} from '../../../src/artifact/digest.ts'
import {storageContract} from '../../../src/storage/contract.ts'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import {describeWith, service} from '../../support/services.ts'
import {bareClient, environmentOf, newBucket} from '../../support/s3.ts'
import {openWith} from './support/bucket.ts'

describeWith(['s3'], 'on Ceph', () => {
  let bucket: Promise<string> | undefined

  storageContract({
    name: 's3',
    atomicTags: true,
    removesUnused: true,
    visitor: new URL('processes/visitor.ts', import.meta.url),
    async open() {
      bucket ??= newBucket()
      const Bucket = await bucket
      // a folder for each: what one test leaves there no other sees
      const prefix = `team a/${randomUUID()}`
      const {url: endpoint, user} = service('s3')
      const address = {config: {endpoint, bucket: Bucket, prefix}, env: environmentOf(user)}
      const client = bareClient()
      const put = (key: string, Body: Buffer | string) =>
        client.putObject({Bucket, Key: `${prefix}/${key}`, Body})
      return {
        storage: (await openWith(address.config, address.env)).storage,
        address,
        replace: (digest, bytes) => put(`blobs/sha256/${hexOf(digest)}`, bytes),
        plant: (tags, {mediaType, digest, size}) =>
          inParallel(tags, 20, async (tag) => {
            await put(`tags/${tag}`, JSON.stringify({mediaType, digest, size}))
          }),
        cleanup: async () => client.destroy(),
      }
    },
  })
})
