import assert from 'node:assert/strict'
import {inspect} from 'node:util'
import type {ErrorCode, SquizzleError} from '../../../src/errors.ts'
import type {Storage} from '../../../src/storage/storage.ts'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith, service} from '../../support/services.ts'
import {openWith} from './support/bucket.ts'
import {page, refuse, withScriptedServer, type Answer} from './support/scripted-server.ts'

const secrets = {
  AWS_ACCESS_KEY_ID: 'AKIACANARY',
  AWS_SECRET_ACCESS_KEY: 'CANARY/secret+key',
  AWS_SESSION_TOKEN: 'CANARY-session',
}

/** One try of each request that fails may be enough: the repeating has tests of its own. */
const env = {...secrets, AWS_MAX_ATTEMPTS: '1'}
const config = {bucket: 'bucket', region: 'us-east-1', prefix: 'migrations'}

interface Expected {
  readonly answer: Answer
  readonly code: ErrorCode
  readonly exit: number
  readonly message: RegExp
  readonly hint: RegExp
}

const malformed = "the region 'us-east-1' is wrong; expecting 'eu-west-1'"

/** By the clock of a server that is an hour behind. */
const tooEarly: Answer = (response) => {
  const date = new Date(Date.now() - 3_600_000).toUTCString()
  refuse(403, 'RequestTimeTooSkewed', {headers: {date}})(response)
}

const failures: Record<string, Expected> = {
  'an access key that nobody has': {
    answer: refuse(403, 'InvalidAccessKeyId'),
    code: 'AUTHENTICATION_REQUIRED',
    exit: 4,
    message: /^authentication required$/,
    hint: /does not know the access key .*AWS_ACCESS_KEY_ID.*`squizzle config validate`/,
  },
  'an access key that can be none': {
    answer: refuse(400, 'AuthorizationHeaderMalformed', {message: 'a non-empty key is needed'}),
    code: 'AUTHENTICATION_REQUIRED',
    exit: 4,
    message: /^authentication required$/,
    hint: /does not know the access key/,
  },
  'a wrong secret': {
    answer: refuse(403, 'SignatureDoesNotMatch', {fields: '<StringToSign>AWS4</StringToSign>'}),
    code: 'AUTHENTICATION_REQUIRED',
    exit: 4,
    message: /^authentication required$/,
    hint: /secret key does not belong .*`squizzle config validate`/,
  },
  'a session that is over': {
    answer: refuse(400, 'ExpiredToken'),
    code: 'AUTHENTICATION_REQUIRED',
    exit: 4,
    message: /^authentication required$/,
    hint: /session has expired .*with AWS_SESSION_TOKEN.*sign in again/,
  },
  'a clock that is an hour ahead': {
    answer: tooEarly,
    code: 'AUTHENTICATION_REQUIRED',
    exit: 4,
    message: /^this machine's clock is too far from that of 127\.0\.0\.1:\d+$/,
    hint: /^Correct the clock, which is 60 minutes ahead/,
  },
  'missing permissions': {
    answer: refuse(403, 'AccessDenied'),
    code: 'PERMISSION_DENIED',
    exit: 4,
    message: /^permission denied$/,
    hint: /s3:ListBucket on the bucket bucket, .* on bucket\/migrations\/\*/,
  },
  'an encryption key that may not be used': {
    answer: refuse(403, 'AccessDenied', {message: 'not authorized to perform: kms:Decrypt'}),
    code: 'PERMISSION_DENIED',
    exit: 4,
    message: /^permission denied$/,
    hint: /kms:Decrypt/,
  },
  'an encryption key that is disabled': {
    answer: refuse(400, 'KMS.DisabledException'),
    code: 'PERMISSION_DENIED',
    exit: 4,
    message: /^permission denied$/,
    hint: /the key must be enabled/,
  },
  'a bucket that is not there': {
    answer: refuse(404, 'NoSuchBucket'),
    code: 'CONFIG_INVALID',
    exit: 2,
    message: /^127\.0\.0\.1:\d+ has no bucket bucket$/,
    hint: /Create it, or correct storage\.config\.bucket/,
  },
  'another region, as a header names it': {
    answer: refuse(301, 'PermanentRedirect', {headers: {'x-amz-bucket-region': 'eu-west-1'}}),
    code: 'CONFIG_INVALID',
    exit: 2,
    message: /^the bucket bucket is not in the region us-east-1, but in eu-west-1$/,
    hint: /storage\.config\.region/,
  },
  'another region, as the signature is refused for it': {
    answer: refuse(400, 'AuthorizationHeaderMalformed', {
      message: malformed,
      fields: '<Region>eu-west-1</Region>',
    }),
    code: 'CONFIG_INVALID',
    exit: 2,
    message: /^the bucket bucket is not in the region us-east-1, but in eu-west-1$/,
    hint: /storage\.config\.region/,
  },
  'too many requests': {
    answer: refuse(503, 'SlowDown'),
    code: 'RATE_LIMITED',
    exit: 3,
    message: /^rate limit exceeded$/,
    hint: /wait a while/,
  },
  'a server that fails': {
    answer: refuse(500, 'InternalError'),
    code: 'UNREACHABLE',
    exit: 3,
    message: /fails to answer \(status 500\)$/,
    hint: /Try again later/,
  },
  'a request that the server does not know': {
    answer: refuse(501, 'NotImplemented'),
    code: 'USAGE',
    exit: 2,
    message: /does not support this$/,
    hint: /own interface/,
  },
  'a full disk': {
    answer: refuse(403, 'QuotaExceeded'),
    code: 'TOO_LARGE',
    exit: 2,
    message: /has no room left for bucket$/,
    hint: /quota/,
  },
  'a login page': {
    answer: page(200),
    code: 'UNREACHABLE',
    exit: 3,
    message: /does not answer as S3 does/,
    hint: /proxy or a login page/,
  },
  'a page that is not found': {
    answer: page(404),
    code: 'UNREACHABLE',
    exit: 3,
    message: /does not answer as S3 does \(status 404\)$/,
    hint: /proxy or a login page/,
  },
  'a refusal without a code of S3': {
    answer: (response) => void response.writeHead(403).end(),
    code: 'UNREACHABLE',
    exit: 3,
    message: /does not answer as S3 does \(status 403\)$/,
    hint: /Check the endpoint/,
  },
  'nothing found, without a code of S3': {
    answer: (response) => void response.writeHead(404).end('<html><body>none</body></html>'),
    code: 'UNREACHABLE',
    exit: 3,
    message: /does not answer as S3 does \(status 404\)$/,
    hint: /Check the endpoint/,
  },
  'a proxy that wants to know who asks': {
    answer: page(407),
    code: 'UNREACHABLE',
    exit: 3,
    message: /^the proxy does not let squizzle through/,
    hint: /HTTPS_PROXY/,
  },
  'an answer that is no HTTP': {
    answer: ({socket}) => void socket?.end('220 mail.example.com ESMTP\r\n\r\n'),
    code: 'UNREACHABLE',
    exit: 3,
    message: /does not answer as S3 does$/,
    hint: /Check the endpoint/,
  },
  'a connection that breaks': {
    answer: ({socket}) => void socket?.destroy(),
    code: 'CONNECTION_LOST',
    exit: 3,
    message: /^the connection to 127\.0\.0\.1:\d+ broke$/,
    hint: /what was transferred stays/,
  },
  'a code of S3 without a word': {
    answer: (response) =>
      void response.writeHead(400).end('<Error><Code>InvalidArgument</Code></Error>'),
    code: 'UNEXPECTED',
    exit: 1,
    message: /refuses the request: InvalidArgument \(status 400\)$/,
    hint: /--verbose/,
  },
  'something that nobody here has heard of': {
    answer: refuse(400, 'InvalidSomething'),
    code: 'UNEXPECTED',
    exit: 1,
    message: /refuses the request: InvalidSomething: in the words of the server \(status 400/,
    hint: /--verbose/,
  },
}

describe('what goes wrong in S3', () => {
  for (const [title, {answer, code, exit, message, hint}] of Object.entries(failures)) {
    it(`is told in the words of every storage: ${title}`, () =>
      withScriptedServer(async (server) => {
        server.script = () => answer
        const {storage} = await openWith({...config, endpoint: server.url}, env)
        for (const ask of [() => storage.resolve('1.0.0'), () => anyTag(storage)]) {
          const error = await rejectsWith(code, ask)
          assert.equal(error.exitCode, exit)
          assert.match(error.message, message)
          assert.match(error.hint ?? '', hint)
          assertNoSecret(error)
        }
      }))
  }

  it('is never taken for an empty storage: a blank page, an error with the status of a success, a listing in a circle', () =>
    withScriptedServer(async (server) => {
      const {storage} = await openWith({...config, endpoint: server.url}, env)
      const circle = `<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken></ListBucketResult>`
      const failed = '<Error><Code>InternalError</Code></Error>'
      for (const body of ['', failed, circle, circle.replace(/<Next.*Token>/, '')]) {
        server.script = () => (response) => void response.end(body)
        await rejectsWith('UNREACHABLE', () => anyTag(storage))
      }
    }))

  it('is told without what could change a terminal', () =>
    withScriptedServer(async (server) => {
      server.script = () => refuse(400, 'Odd', {message: 'red&#x9b;31m&#x202e;dir\nline'})
      const {storage} = await openWith({...config, endpoint: server.url}, env)
      const error = await rejectsWith('UNEXPECTED', () => storage.resolve('1.0.0'))
      assert.match(error.message, /red 31m dir line/)
      assert.doesNotMatch(inspect(error.cause), /[\u009b\u202e]/)
    }))

  it('is told of a host that is not known, and of one where nobody listens', async () => {
    const unknown = await openWith({...config, endpoint: 'http://nobody.invalid'}, env)
    const error = await rejectsWith('UNREACHABLE', () => unknown.storage.resolve('1.0.0'))
    assert.equal(error.message, 'nobody.invalid is not known: no such host')
    const refused = await openWith({...config, endpoint: 'http://127.0.0.1:9'}, env)
    const other = await rejectsWith('UNREACHABLE', () => refused.storage.resolve('1.0.0'))
    assert.equal(other.message, '127.0.0.1:9 cannot be reached')
  })

  it('is told of a server that does not speak TLS', () =>
    withScriptedServer(async ({url}) => {
      const endpoint = url.replace('http:', 'https:')
      const {storage} = await openWith({...config, endpoint}, env)
      const error = await rejectsWith('TLS', () => storage.resolve('1.0.0'))
      assert.match(error.message, /speaks plain HTTP, not HTTPS$/)
    }))
})

describeWith(['registry-auth'], 'TLS to an S3 server', () => {
  it('is refused where nobody trusts the authority', async () => {
    const {storage} = await openWith({...config, endpoint: service('registry-auth').url}, env)
    const error = await rejectsWith('TLS', () => storage.resolve('1.0.0'))
    assert.match(error.message, /signed by an authority that is not trusted here$/)
    assert.match(error.hint ?? '', /NODE_EXTRA_CA_CERTS/)
  })
})

async function anyTag(storage: Storage): Promise<string | undefined> {
  for await (const tag of storage.tags()) return tag
  return undefined
}

function assertNoSecret(error: SquizzleError): void {
  const all = inspect(error, {depth: 10, showHidden: true})
  assert.doesNotMatch(all, /CANARY/)
}
