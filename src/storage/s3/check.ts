import {isSquizzleError, SquizzleError} from '../../errors.ts'
import {tagPrefix} from '../object/keys.ts'
import {listObjects} from '../object/listing.ts'
import type {ObjectStore} from '../object/store.ts'
import type {Check, TransferOptions} from '../storage.ts'
import {tryPart} from '../transfer/check.ts'
import {withLimits} from '../transfer/limits.ts'
import type {Connection} from './client.ts'
import {describeSource} from './credentials.ts'
import {serverName} from './explain.ts'
import {shortName} from './location.ts'
import {probeConditions, type Verdict} from './probe.ts'

/** Asks the bucket with the credentials, then tries whether a version is safe from a second writer; nothing stays. */
export async function checkBucket(
  connection: Connection,
  store: ObjectStore,
  options: TransferOptions,
): Promise<Check[]> {
  const name = shortName(connection.location)
  const limited = <T>(work: (signal: AbortSignal) => Promise<T>) =>
    withLimits(`checking ${name}`, options, work)

  const bucket = await tryPart('bucket', () =>
    limited(async (signal) => {
      const {length} = await listObjects(store, tagPrefix, signal)
      if (length === 0) return `${name} answers and is empty: the first push fills it`
      return `${name} answers and has ${length} ${length === 1 ? 'tag' : 'tags'}`
    }),
  )
  const credentials = {
    name: 'credentials',
    status: bucket.status,
    message: bucket.status === 'failed' ? connection.source : await describeCredentials(connection),
  }
  if (bucket.status === 'failed') return [bucket, credentials]

  let skipped = false
  const push = await tryPart('push', () =>
    limited(async (signal) => {
      const verdict = await probeConditions(connection, store, signal).catch(explainDenial)
      skipped = typeof verdict === 'object'
      return describeVerdict(verdict, serverName(connection.location))
    }),
  )
  return [bucket, credentials, skipped ? {...push, status: 'skipped'} : push]
}

async function describeCredentials({client, source}: Connection): Promise<string> {
  return describeSource(await client.config.credentials(), source)
}

/** @throws VERSION_EXISTS where two pushers of one version may both win */
function describeVerdict(verdict: Verdict, server: string): string {
  if (typeof verdict === 'object') return `only a first push can tell: ${verdict.skipped}`
  if (verdict === 'refused') return 'the credentials allow to push; a version is written only once'
  const message =
    verdict === 'admitted'
      ? `${server} lets a second writer replace a version`
      : `${server} cannot refuse a second writer of a version`
  throw new SquizzleError('VERSION_EXISTS', message, {
    hint: 'Let one pipeline push at a time, or use a server (or bucket) that honours If-None-Match.',
  })
}

function explainDenial(error: unknown): never {
  if (!isSquizzleError(error) || error.code !== 'PERMISSION_DENIED') throw error
  const {hint, details, cause} = error
  throw new SquizzleError('PERMISSION_DENIED', 'the credentials allow to pull, not to push', {
    ...(hint !== undefined && {hint}),
    details,
    cause,
  })
}
