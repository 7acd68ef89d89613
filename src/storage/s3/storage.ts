import {isSquizzleError, SquizzleError} from '../../errors.ts'
import type {StorageContext} from '../backend.ts'
import {objectStorage} from '../object/storage.ts'
import type {Storage} from '../storage.ts'
import {checkBucket} from './check.ts'
import {connect} from './client.ts'
import type {S3Config} from './config.ts'
import {shortName, urlOf} from './location.ts'
import {s3Store} from './store.ts'

/** Requests at a time: objects are small, so that a transfer is mostly waiting. */
const concurrency = 16

/**
 * Opens a bucket as a storage; nothing is asked of it yet.
 * @param silence milliseconds without a byte after which a request counts as lost.
 * @throws CONFIG_INVALID
 */
export async function openS3Storage(
  config: S3Config,
  context: StorageContext,
  silence?: number,
): Promise<Storage> {
  const connection = await connect(config, context, silence)
  const {location} = connection
  const url = urlOf(location)
  const store = s3Store(connection, context.warn)
  const storage = objectStorage(store, {
    url,
    reference: (tag) => `${shortName(location)}:${tag}`,
    concurrency,
  })
  return {
    ...storage,
    pull: (...args) => inWordsOf('pulling artifact', storage.pull(...args)),
    push: (...args) => inWordsOf('pushing artifact', storage.push(...args)),
    check: (options = {}) => checkBucket(connection, store, options),
  }
}

/** A server that falls silent is named by what it was needed for, as it is in every other storage. */
async function inWordsOf<T>(doing: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isSquizzleError(error) || error.code !== 'TIMEOUT') throw error
    const {hint, details, cause} = error
    throw new SquizzleError('TIMEOUT', `timeout ${doing}`, {
      ...(hint !== undefined && {hint}),
      details,
      cause,
    })
  }
}
