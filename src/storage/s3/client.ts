import type {S3, S3ClientConfig} from '@aws-sdk/client-s3'
import {SquizzleError} from '../../errors.ts'
import type {StorageContext} from '../backend.ts'
import type {S3Config} from './config.ts'
import {credentialOptions} from './credentials.ts'
import {configuredEndpoint, isAws} from './endpoint.ts'
import {folderOf, type Location} from './location.ts'

/** A way to one bucket. */
export interface Connection {
  readonly client: S3
  readonly location: Location
  /** Where credentials come from, for people. */
  readonly source: string
}

/** Milliseconds to reach the server. */
const connectionTimeout = 10_000

/** Milliseconds without a byte in either direction after which a request counts as lost, and is sent again. */
const longestSilence = 30_000

/** Of one request. The SDK repeats what may pass (5xx, throttling, lost connections), each time after a longer pause. */
const attempts = 4

const unheard = () => undefined
/** What the SDK would print by itself; all that matters of it comes as an error. */
const silent = {debug: unheard, info: unheard, warn: unheard, error: unheard}

/** @throws CONFIG_INVALID where neither the configuration nor the environment says enough */
export async function connect(
  config: S3Config,
  context: StorageContext,
  silence = longestSilence,
): Promise<Connection> {
  const {S3} = await import('@aws-sdk/client-s3')
  const {env} = context
  const {options: credentials, source} = credentialOptions(context)
  const endpoint = configuredEndpoint(config.endpoint, env)
  const aws = isAws(endpoint)
  const asked = config.region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'])
  const region =
    asked || (await regionOfProfile(new S3({...credentials, logger: silent}))) || fallback(aws)
  const {forcePathStyle = !aws} = config
  const client = new S3({
    ...credentials,
    region,
    ...(endpoint !== undefined && {endpoint}),
    forcePathStyle,
    ...checksums(aws),
    ...transport(env, silence),
    logger: silent,
  })
  const location = {
    bucket: config.bucket,
    prefix: folderOf(config.prefix),
    region,
    endpoint,
    forcePathStyle: forcePathStyle === !aws ? undefined : forcePathStyle,
  }
  return {client, location, source}
}

/** Servers other than AWS know neither its newer checksums nor the trailers that they come in. */
function checksums(aws: boolean): S3ClientConfig {
  return {
    ...(!aws && {requestChecksumCalculation: 'WHEN_REQUIRED'}),
    // every blob is checked against its digest
    responseChecksumValidation: 'WHEN_REQUIRED',
  }
}

function transport(env: StorageContext['env'], silence: number): S3ClientConfig {
  const agent = {keepAlive: true, proxyEnv: env}
  return {
    maxAttempts: Number(env['AWS_MAX_ATTEMPTS']) || attempts,
    requestHandler: {
      connectionTimeout,
      socketTimeout: silence,
      httpAgent: agent,
      httpsAgent: agent,
    },
    // a round trip more for each large blob, and six seconds where a server does not know the header
    expectContinueHeader: false,
  }
}

async function regionOfProfile(client: S3): Promise<string | undefined> {
  return client.config.region().catch(() => undefined)
}

/** @throws CONFIG_INVALID */
function fallback(aws: boolean): string {
  if (!aws) return 'us-east-1'
  throw new SquizzleError('CONFIG_INVALID', 'no region is configured for the bucket', {
    hint: 'Set storage.config.region, or AWS_REGION.',
  })
}
