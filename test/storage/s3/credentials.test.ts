import assert from 'node:assert/strict'
import {once} from 'node:events'
import {chmod, writeFile} from 'node:fs/promises'
import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {withTempDir} from '../../../src/files/temp.ts'
import type {Check} from '../../../src/storage/storage.ts'
import {rejectsWith} from '../../support/errors.ts'
import {runProcess} from '../../support/process.ts'
import {describeWith, service} from '../../support/services.ts'
import {environmentOf, newBucket} from '../../support/s3.ts'
import {openWith} from './support/bucket.ts'
import {withProcessEnvironment} from './support/process-environment.ts'

const script = new URL('processes/check.ts', import.meta.url)
const clock = new URL('processes/wrong-clock.ts', import.meta.url)

interface Told {
  readonly url: string
  readonly checks: readonly Check[]
  readonly warnings: readonly string[]
  readonly stderr: string
}

describeWith(['s3'], 'credentials for S3', () => {
  let bucket = ''
  before(async () => {
    bucket = await newBucket()
  })

  /** What the check says in a process that has these variables of AWS and no others, and files of its own at home. */
  async function check(
    env: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>> = {},
    preload: readonly URL[] = [],
  ): Promise<Told> {
    return withTempDir(async (folder) => {
      for (const [name, text] of Object.entries(files)) {
        await writeFile(join(folder, name), text)
        await chmod(join(folder, name), 0o700)
      }
      const home = (text: string) => text.replace('~', folder)
      const variables = {
        AWS_CONFIG_FILE: home('~/config'),
        AWS_SHARED_CREDENTIALS_FILE: home('~/credentials'),
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, home(value)])),
      }
      const {code, stdout, stderr} = await withProcessEnvironment(variables, () =>
        runProcess(script, [bucket, service('s3').url], {preload, env: {HOME: folder}}),
      )
      assert.equal(code, 0, stderr)
      return {...(JSON.parse(stdout) as Omit<Told, 'stderr'>), stderr}
    })
  }

  const profile = (name: string) => {
    const {accessKeyId, secretAccessKey} = service('s3').user
    return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
  }
  const assertUsed = ({checks, stderr}: Told, message: string) => {
    assert.deepEqual(checks[1], {name: 'credentials', status: 'ok', message})
    assert.equal(stderr, '')
  }

  it('come from variables', async () => {
    const env = environmentOf(service('s3').user)
    assertUsed(await check(env), 'AWS_ACCESS_KEY_ID')
    const session = {...env, AWS_SESSION_TOKEN: 'session'}
    assertUsed(await check(session), 'AWS_ACCESS_KEY_ID with AWS_SESSION_TOKEN')
  })

  it('come from the shared files, and the region with them', async () => {
    const config = '[default]\nregion = eu-central-9\n'
    const told = await check({}, {credentials: profile('default'), config})
    assertUsed(told, "the AWS SDK's default chain (shared files)")
    assert.match(told.url, /\?region=eu-central-9&/)
  })

  it('come from the profile that is named, also where keys are set beside it, which is said', async () => {
    const files = {credentials: `${profile('deploy')}[default]\naws_access_key_id = other\n`}
    const keys = {AWS_ACCESS_KEY_ID: 'other', AWS_SECRET_ACCESS_KEY: 'other'}
    const told = await check({...keys, AWS_PROFILE: 'deploy'}, files)
    assertUsed(told, 'the profile deploy (shared files)')
    const said = 'AWS_PROFILE and AWS_ACCESS_KEY_ID are both set: the profile is used'
    assert.deepEqual(told.warnings, [said])
  })

  it('come from a program', async () => {
    const {accessKeyId, secretAccessKey} = service('s3').user
    const keys = {Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey}
    const program = `#!/bin/sh\necho '${JSON.stringify(keys)}'\n`
    const config = '[default]\ncredential_process = sh -c "$HOME/program"\n'
    const told = await check({}, {program, config})
    assertUsed(told, "the AWS SDK's default chain (credential_process)")
  })

  it('come from the role of a container', () =>
    withServer(
      (request, response) => {
        assert.equal(request.headers.authorization, 'the token')
        response.end(JSON.stringify(temporary()))
      },
      async (url) => {
        const env = {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: 'the token',
        }
        assertUsed(await check(env), "the AWS SDK's default chain (the role of this container)")
      },
    ))

  it('come from a web identity, as pods have it', () =>
    withServer(
      (_, response) => {
        const {AccessKeyId, SecretAccessKey, Token, Expiration} = temporary()
        response.setHeader('content-type', 'text/xml')
        response.end(
          `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey><SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
        )
      },
      async (url) => {
        const env = {
          AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pusher',
          AWS_WEB_IDENTITY_TOKEN_FILE: '~/token',
          AWS_ENDPOINT_URL_STS: url,
          AWS_REGION: 'us-east-1',
        }
        const told = await check(env, {token: 'a token'})
        assertUsed(told, "the AWS SDK's default chain (a web identity token)")
      },
    ))

  it('that are nowhere are asked for', async () => {
    const {checks, stderr} = await check({})
    assert.equal(checks[0]?.message, 'authentication required')
    assert.match(checks[0].hint ?? '', /AWS_PROFILE.*AWS_ACCESS_KEY_ID.*a role.*config validate/)
    assert.equal(stderr, '')
    const missing = await check({AWS_PROFILE: 'nobody'})
    assert.match(missing.checks[0]?.hint ?? '', /no credentials for S3 in the profile nobody/)
  })

  it('that cannot be had are told from those that S3 refuses', () =>
    withServer(
      (_, response) => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'),
      async (url) => {
        const env = {
          AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pusher',
          AWS_WEB_IDENTITY_TOKEN_FILE: '~/token',
          AWS_ENDPOINT_URL_STS: url,
          AWS_REGION: 'us-east-1',
        }
        const {checks} = await check(env, {token: 'CANARY'})
        assert.equal(checks[0]?.message, 'authentication required')
        assert.match(
          checks[0].hint ?? '',
          /^Getting credentials from the AWS SDK's default chain failed \(/,
        )
        assert.doesNotMatch(JSON.stringify(checks), /CANARY/)
      },
    ))

  it('are good enough on a machine whose clock is hours off', async () => {
    const env = environmentOf(service('s3').user)
    assertUsed(await check(env, {}, [clock]), 'AWS_ACCESS_KEY_ID')
    const uncorrected = {...env, AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true'}
    const {checks} = await check(uncorrected, {}, [clock])
    assert.match(checks[0]?.message ?? '', /^this machine's clock is too far from that of 127/)
    assert.match(checks[0]?.hint ?? '', /^Correct the clock, which is 300 minutes ahead/)
  })

  it('of the process are not used where others were handed over', async () => {
    const {url: endpoint, user} = service('s3')
    await withProcessEnvironment(environmentOf(user), async () => {
      const {storage} = await openWith({bucket, endpoint, region: 'us-east-1'}, {})
      await rejectsWith('AUTHENTICATION_REQUIRED', () => storage.resolve('1.0.0'))
    })
  })
})

function temporary() {
  const {accessKeyId, secretAccessKey} = service('s3').user
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: 'session',
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  }
}

async function withServer(
  answer: RequestListener,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  try {
    await work(`http://127.0.0.1:${port}/`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
