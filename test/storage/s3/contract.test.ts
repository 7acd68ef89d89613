import {randomUUID} from 'node:crypto'
import {storageContract} from '../../../src/storage/contract.ts'
import {describeWith} from '../../support/services.ts'
import {newBucket} from '../../support/s3.ts'
import {openBucket} from './support/bucket.ts'

describeWith(['s3'], 'on Ceph', () => {
  let bucket: Promise<string> | undefined

  storageContract({
    name: 's3',
    atomicTags: true,
    async open() {
      bucket ??= newBucket()
      // a folder for each: what one test leaves there no other sees
      return openBucket({bucket: await bucket, prefix: `team a/${randomUUID()}`})
    },
  })
})
