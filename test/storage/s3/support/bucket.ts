import type {S3Config} from '../../../../src/storage/s3/config.ts'
import {openS3Storage} from '../../../../src/storage/s3/storage.ts'
import type {Storage} from '../../../../src/storage/storage.ts'
import type {S3Keys} from '../../../../scripts/services.d/ceph.ts'
import {environmentOf} from '../../../support/s3.ts'
import {service} from '../../../support/services.ts'

export interface Opened {
  readonly storage: Storage
  /** What a person was told. */
  readonly warnings: readonly string[]
}

/** Opens a storage with these variables and no others. */
export async function openWith(
  config: S3Config,
  env: Readonly<Record<string, string | undefined>>,
  silence?: number,
): Promise<Opened> {
  const warnings: string[] = []
  const warn = (message: string) => void warnings.push(message)
  const context = {root: '/', env, stateDir: '/nowhere', warn}
  return {storage: await openS3Storage(config, context, silence), warnings}
}

/** Opens a bucket of the real server, as its owner. */
export async function openBucket(config: S3Config, keys?: S3Keys): Promise<Opened> {
  const {url, user} = service('s3')
  return openWith({endpoint: url, ...config}, environmentOf(keys ?? user))
}
