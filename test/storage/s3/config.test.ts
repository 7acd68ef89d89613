import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {validate} from '../../../src/config/validate.ts'
import {backendForUrl, builtInBackends} from '../../../src/storage/backends.ts'
import {s3Backend} from '../../../src/storage/s3/backend.ts'
import {s3ConfigSchema, type S3Config} from '../../../src/storage/s3/config.ts'
import {rejectsWith} from '../../support/errors.ts'
import {openWith} from './support/bucket.ts'
import {withProcessEnvironment} from './support/process-environment.ts'

const env = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret'}
const checkConfig = (config: unknown) => validate(s3ConfigSchema, config, 'storage.config')

describe('the configuration of an S3 storage', () => {
  it('is taken as it is documented', () => {
    const documented = {bucket: 'mycompany-squizzle', region: 'us-east-1', prefix: 'migrations/'}
    assert.deepEqual(checkConfig(documented), documented)
    const all = {...documented, endpoint: 'https://minio:9000/s3', forcePathStyle: false}
    assert.deepEqual(checkConfig(all), all)
    const unset = {bucket: 'b.c', region: undefined, prefix: '', endpoint: undefined}
    assert.deepEqual(checkConfig(unset), unset)
  })

  const wrong: [object, RegExp][] = [
    [{}, /bucket/],
    [{bucket: 's3://b'}, /bucket: expected a bucket's name, without s3:/],
    [{bucket: 'bucket/prefix'}, /bucket: expected .*belongs to prefix/],
    [{bucket: 'a..b'}, /bucket: expected .*such as mycompany-squizzle/],
    [{bucket: 'bucket', region: 'EU (Frankfurt)'}, /region: expected a region such as/],
    [{bucket: 'bucket', region: ''}, /region: expected a region such as/],
    [{bucket: 'bucket', prefix: '/a'}, /prefix: expected .*without empty parts/],
    [{bucket: 'bucket', prefix: 'a//b'}, /prefix: expected .*without empty parts/],
    [{bucket: 'bucket', prefix: '../a'}, /prefix: expected .*without empty parts, \. and \.\./],
    [{bucket: 'bucket', prefix: 'a\nb'}, /prefix: expected .*control characters/],
    [{bucket: 'bucket', prefix: 'ü'.repeat(446)}, /prefix: expected .*less than 891 bytes/],
    [{bucket: 'bucket', endpoint: 'minio:9000'}, /endpoint: expected a URL such as https:/],
    [{bucket: 'bucket', endpoint: 'ftp://minio'}, /endpoint: expected a URL such as https:/],
    [{bucket: 'bucket', endpoint: 'https://m?a=b'}, /endpoint: expected .*without \?/],
    [{bucket: 'bucket', endpoint: 'https://k:CANARY@m'}, /endpoint: expected .*without a user/],
    [{bucket: 'bucket', forcePathStyle: 'yes'}, /forcePathStyle: expected true or false/],
    [{bucket: 'bucket', secretAccessKey: 'CANARY'}, /secretAccessKey: .*an unknown key/],
  ]
  for (const [config, says] of wrong) {
    it(`is refused: ${JSON.stringify(config).slice(0, 60)}`, async () => {
      const error = await rejectsWith('CONFIG_INVALID', () => checkConfig(config))
      assert.match(error.message, says)
      assert.doesNotMatch(JSON.stringify([error.message, error.hint, error.details]), /CANARY/)
    })
  }

  it('without a region anywhere is refused for AWS, and needs none beside an endpoint', () =>
    withProcessEnvironment({}, async () => {
      const open = () => openWith({bucket: 'bucket'}, env)
      const error = await rejectsWith('CONFIG_INVALID', open)
      assert.match(error.hint ?? '', /storage\.config\.region, or AWS_REGION/)
      const {storage} = await openWith({bucket: 'bucket', endpoint: 'http://minio'}, env)
      assert.equal(storage.url, 's3://bucket?region=us-east-1&endpoint=http://minio')
    }))

  it('is completed by the variables that AWS tools read', async () => {
    const urlOf = async (variables: Record<string, string>, config: Partial<S3Config> = {}) => {
      const {storage} = await openWith({bucket: 'bucket', ...config}, {...env, ...variables})
      return storage.url
    }
    assert.equal(
      await urlOf({AWS_REGION: 'eu-1', AWS_DEFAULT_REGION: 'x'}),
      's3://bucket?region=eu-1',
    )
    assert.equal(await urlOf({AWS_DEFAULT_REGION: 'eu-2'}), 's3://bucket?region=eu-2')
    assert.equal(await urlOf({AWS_REGION: 'eu-1'}, {region: 'eu-3'}), 's3://bucket?region=eu-3')
    const endpoints = {AWS_REGION: 'eu-1', AWS_ENDPOINT_URL: 'http://all'}
    assert.match(await urlOf(endpoints), /&endpoint=http:\/\/all$/)
    const own = {...endpoints, AWS_ENDPOINT_URL_S3: 'http://own/'}
    assert.match(await urlOf(own), /&endpoint=http:\/\/own$/)
    assert.match(await urlOf(own, {endpoint: 'http://mine'}), /&endpoint=http:\/\/mine$/)
    const ignored = {...own, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true'}
    assert.equal(await urlOf(ignored), 's3://bucket?region=eu-1')
    const odd = () => urlOf({AWS_ENDPOINT_URL_S3: 'http://k:CANARY@host'})
    const error = await rejectsWith('CONFIG_INVALID', odd)
    assert.equal(error.message, 'AWS_ENDPOINT_URL_S3 is not a URL without a user and a password')
  })
})

describe('the URL of an S3 storage', () => {
  it('stands for a configuration', () => {
    const cases: [string, object][] = [
      ['s3://bucket', {bucket: 'bucket'}],
      ['s3://bucket/', {bucket: 'bucket'}],
      ['s3://bucket/a/b?region=eu-1', {bucket: 'bucket', prefix: 'a/b', region: 'eu-1'}],
      ['S3://bucket/a%20b/?', {bucket: 'bucket', prefix: 'a b/'}],
      [
        's3://bucket/p?endpoint=http://127.0.0.1:9000&forcePathStyle=true',
        {bucket: 'bucket', prefix: 'p', endpoint: 'http://127.0.0.1:9000', forcePathStyle: true},
      ],
      ['s3://bucket?forcePathStyle=yes', {bucket: 'bucket', forcePathStyle: 'yes'}],
    ]
    for (const [url, config] of cases) {
      assert.deepEqual(backendForUrl(builtInBackends(), url), {backend: s3Backend, config})
    }
    assert.equal(s3Backend.fromUrl?.('oci://ghcr.io/a'), undefined)
  })

  it('shows nothing of what must not be in it', async () => {
    const urls = [
      's3://key:CANARY@bucket/p',
      's3://bucket?secretAccessKey=CANARY',
      's3://bucket?CANARY',
      's3://bucket?region=a&region=CANARY',
      's3://bucket/%CANARY',
    ]
    for (const url of urls) {
      const error = await rejectsWith('CONFIG_INVALID', () => s3Backend.fromUrl?.(url))
      assert.doesNotMatch(JSON.stringify([error.message, error.hint, error.details]), /CANARY/)
    }
  })

  it('that a storage has opens the very same storage', async () => {
    const configs: S3Config[] = [
      {bucket: 'bucket', region: 'eu-1'},
      {bucket: 'bucket', region: 'eu-1', prefix: 'a/b'},
      {bucket: 'bucket', region: 'eu-1', prefix: 'é & ü+ %41?#/'},
      {bucket: 'bucket', region: 'eu-1', endpoint: 'http://127.0.0.1:9000/path'},
      {bucket: 'bucket', region: 'eu-1', endpoint: 'http://[::1]:9000', forcePathStyle: false},
      {bucket: 'bucket', region: 'eu-1', forcePathStyle: true},
    ]
    for (const config of configs) {
      const {storage} = await openWith(config, env)
      const again = await openWith(checkConfig(s3Backend.fromUrl?.(storage.url)), env)
      assert.equal(again.storage.url, storage.url)
      const name = `s3://bucket${config.prefix === undefined ? '' : `/${config.prefix}`}`
      assert.equal(again.storage.reference('1.0.0'), `${name.replace(/\/$/, '')}:1.0.0`)
    }
  })

  it('is the same for a place that is written in two ways', async () => {
    const urlOf = async (config: S3Config) => (await openWith(config, env)).storage.url
    const place = {bucket: 'bucket', region: 'eu-1'}
    assert.equal(await urlOf({...place, prefix: 'a'}), await urlOf({...place, prefix: 'a/'}))
    const endpoint = 'http://Minio:9000'
    const spelled = {endpoint: 'http://minio:9000/', forcePathStyle: true}
    assert.equal(await urlOf({...place, endpoint}), await urlOf({...place, ...spelled}))
  })
})

describe('a request to an S3 server', () => {
  const config = {bucket: 'bucket', region: 'us-east-1', endpoint: 'http://s3.invalid'}

  it('goes through the proxy of the environment, past it where NO_PROXY says so', () =>
    withProxy(async (asked, variables) => {
      const through = await openWith(config, variables)
      await rejectsWith('UNREACHABLE', () => through.storage.resolve('1.0.0'))
      assert.equal(asked.length, 1)
      assert.match(asked[0] ?? '', /^http:\/\/s3\.invalid\/bucket\/tags\/1\.0\.0/)
      const past = await openWith(config, {...variables, NO_PROXY: 's3.invalid'})
      const error = await rejectsWith('UNREACHABLE', () => past.storage.resolve('1.0.0'))
      assert.match(error.message, /^s3\.invalid is not known/)
      assert.equal(asked.length, 1)
    }))

  it("has the bucket in its path, or in the host's name where the configuration says so", () =>
    withProxy(async (asked, variables) => {
      const endpoints = [
        {},
        {forcePathStyle: false},
        {endpoint: 'http://s3.eu-1.amazonaws.com'},
        {endpoint: 'http://s3.eu-1.amazonaws.com', forcePathStyle: true},
      ]
      for (const endpoint of endpoints) {
        const {storage} = await openWith({...config, ...endpoint}, variables)
        await rejectsWith('UNREACHABLE', () => storage.resolve('1.0.0'))
      }
      assert.deepEqual(
        asked.map((url) => url.replace(/tags.*/, '')),
        [
          'http://s3.invalid/bucket/',
          'http://bucket.s3.invalid/',
          'http://bucket.s3.eu-1.amazonaws.com/',
          'http://s3.eu-1.amazonaws.com/bucket/',
        ],
      )
    }))
})

/** A proxy that hears what it is asked for, and does nothing of it. */
async function withProxy(
  work: (asked: readonly string[], variables: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(407).end()
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const {port} = proxy.address() as AddressInfo
  try {
    await work(asked, {...env, HTTP_PROXY: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1'})
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
}
