import {visitStorage} from '../../../../src/storage/contract.ts'
import type {S3Config} from '../../../../src/storage/s3/config.ts'
import {openWith} from '../support/bucket.ts'

interface Address {
  readonly config: S3Config
  readonly env: Readonly<Record<string, string>>
}

visitStorage(async ({config, env}: Address) => (await openWith(config, env)).storage)
