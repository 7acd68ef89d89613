import {SquizzleError, type ErrorCode} from '../../errors.ts'
import type {FailureKind} from './failure-kinds.ts'
import type {Failure} from './failure.ts'
import {shortName, type Location} from './location.ts'

/** With what a request was made, as far as an error says it. */
export interface Asking {
  readonly location: Location
  /** Where the credentials came from. */
  readonly source: string
}

/** Code, what happened, what to do. `{...}` stands for a fact. */
type Explanation = readonly [code: ErrorCode, message: string, hint: string]

const setCredentials =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role; `squizzle config validate` tries them'

const explanations: Readonly<Record<FailureKind, Explanation>> = {
  'no-credentials': [
    'AUTHENTICATION_REQUIRED',
    'authentication required',
    `There are no credentials for S3 in {credentials}: ${setCredentials}.`,
  ],
  credentials: [
    'AUTHENTICATION_REQUIRED',
    'authentication required',
    `Getting credentials from {credentials} failed ({words}): sign in again, or ${setCredentials}.`,
  ],
  'unknown-key': [
    'AUTHENTICATION_REQUIRED',
    'authentication required',
    `{server} does not know the access key (credentials used: {credentials}): ${setCredentials}.`,
  ],
  'wrong-secret': [
    'AUTHENTICATION_REQUIRED',
    'authentication required',
    `The secret key does not belong to the access key (credentials used: {credentials}): ${setCredentials}.`,
  ],
  expired: [
    'AUTHENTICATION_REQUIRED',
    'authentication required',
    `The session has expired (credentials used: {credentials}): sign in again, or ${setCredentials}.`,
  ],
  clock: [
    'AUTHENTICATION_REQUIRED',
    "this machine's clock is too far from that of {server}",
    'Correct the clock{skew}: requests are signed with the time.',
  ],
  denied: [
    'PERMISSION_DENIED',
    'permission denied',
    'The credentials ({credentials}) need s3:ListBucket on the bucket {bucket}, and s3:GetObject, for a push also s3:PutObject, on {bucket}/{prefix}*.',
  ],
  encryption: [
    'PERMISSION_DENIED',
    'permission denied',
    'The key that encrypts the bucket {bucket} does not let the credentials ({credentials}) use it: they need kms:Decrypt, for a push also kms:GenerateDataKey, and the key must be enabled.',
  ],
  'no-bucket': [
    'CONFIG_INVALID',
    '{server} has no bucket {bucket}',
    'Create it, or correct storage.config.bucket, region and endpoint.',
  ],
  region: [
    'CONFIG_INVALID',
    'the bucket {bucket} is not in the region {region}{place}',
    'Correct storage.config.region, or AWS_REGION where that is not set.',
  ],
  limited: [
    'RATE_LIMITED',
    'rate limit exceeded',
    '{server} limits how often it may be asked: wait a while.',
  ],
  full: [
    'TOO_LARGE',
    '{server} has no room left for {bucket}',
    'Raise its quota, or remove what is not needed any more.',
  ],
  'too-large': [
    'TOO_LARGE',
    '{server} refuses something for its size',
    'Raise the limit for uploads there (or of the proxy before it), or split the release.',
  ],
  unsupported: [
    'USAGE',
    '{server} does not support this',
    "Use the server's own interface for it.",
  ],
  'unknown-host': [
    'UNREACHABLE',
    '{server} is not known: no such host',
    'Check the region, the endpoint, the network and its name servers.',
  ],
  refused: [
    'UNREACHABLE',
    '{server} cannot be reached',
    'Check that it runs, its port, the network and the proxy.',
  ],
  cut: [
    'CONNECTION_LOST',
    'the connection to {server} broke',
    'Try again: what was transferred stays.',
  ],
  silent: [
    'TIMEOUT',
    'timeout asking {server}',
    'It fell silent: check the network and the server, and try again.',
  ],
  proxy: [
    'UNREACHABLE',
    'the proxy does not let squizzle through to {server}',
    'Correct HTTPS_PROXY, or name the server in NO_PROXY.',
  ],
  'plain-http': [
    'TLS',
    '{server} speaks plain HTTP, not HTTPS',
    'If that is meant to be, write the endpoint with http://.',
  ],
  'certificate-dates': [
    'TLS',
    'the certificate of {server} has expired or is not valid yet',
    "Renew it, or correct this machine's clock.",
  ],
  'certificate-name': [
    'TLS',
    'the certificate of {server} is for another name',
    'Use the name that the certificate is for, or have it issued for this one.',
  ],
  certificate: [
    'TLS',
    'the certificate of {server} is signed by an authority that is not trusted here',
    "Name a file with the authority's certificate in NODE_EXTRA_CA_CERTS.",
  ],
  busy: [
    'UNREACHABLE',
    '{server} fails to answer{status}',
    "Try again later, and look at the server's status page or log.",
  ],
  'not-s3': [
    'UNREACHABLE',
    '{server} does not answer as S3 does{status}',
    'Check the endpoint; a proxy or a login page may stand in between.',
  ],
  unknown: [
    'UNEXPECTED',
    '{server} refuses the request: {words}',
    'Run it with --verbose for all that it said.',
  ],
}

/** What people read of a failure; the server's own words stand in the cause. */
export function explain(failure: Failure, {location, source}: Asking): SquizzleError {
  const [code, message, hint] = explanations[failure.kind]
  const facts = factsOf(failure, {location, source})
  const fill = (template: string) =>
    template.replaceAll(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '')
  return new SquizzleError(code, fill(message), {
    hint: fill(hint),
    details: {storage: shortName(location), server: facts['server'], credentials: source},
    cause: new Error(failure.text),
  })
}

function factsOf(
  {text, status, region, serverTime}: Failure,
  {location, source}: Asking,
): Readonly<Record<string, string>> {
  return {
    server: serverName(location),
    bucket: location.bucket,
    prefix: location.prefix,
    region: location.region,
    place: region === undefined || region === location.region ? '' : `, but in ${region}`,
    credentials: source,
    skew: serverTime === undefined ? '' : skewFrom(serverTime),
    status: status === undefined ? '' : ` (status ${status})`,
    words: text.slice(0, 200),
  }
}

/** As people name the server. */
export function serverName({region, endpoint}: Location): string {
  return endpoint === undefined ? `S3 in ${region}` : new URL(endpoint).host
}

function skewFrom(serverTime: Date): string {
  const minutes = Math.round((Date.now() - serverTime.getTime()) / 60_000)
  if (minutes === 0) return ''
  return `, which is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}`
}
