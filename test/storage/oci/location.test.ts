import assert from 'node:assert/strict'
import {sha256} from '../../../src/artifact/digest.ts'
import {validate} from '../../../src/config/validate.ts'
import {ociBackend} from '../../../src/storage/oci/backend.ts'
import {isLoopback, locationOf, referenceTo, urlOf} from '../../../src/storage/oci/location.ts'
import {pageOf} from '../../../src/storage/oci/page.ts'
import {rejectsWith} from '../../support/errors.ts'

const check = (config: unknown) => validate(ociBackend.configSchema, config, 'storage.config')

const config = {registry: 'ghcr.io', repository: 'myorg/squizzle-migrations'}

describe('storage.config of an OCI registry', () => {
  it('takes every kind of registry', () => {
    for (const registry of [
      'ghcr.io',
      'docker.io',
      'localhost:5000',
      '127.0.0.1:5000',
      '[::1]:5000',
      'registry',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      'europe-west1-docker.pkg.dev',
      'Harbor.Example.com:8443',
    ]) {
      check({...config, registry})
    }
  })

  it('takes every repository that the specification allows', () => {
    for (const repository of ['a', 'a/b/c/d', 'my_org/my__app/a.b-c', 'a--b/c', '0/1']) {
      check({...config, repository})
    }
  })

  for (const [registry, expected] of [
    ['https://ghcr.io', 'without https://'],
    ['ghcr.io/myorg', 'belongs to repository'],
    ['ghcr.io:99999', 'a host such as'],
    ['-ghcr.io', 'a host such as'],
    ['--insecure', 'a host such as'],
    ['ghcr..io', 'a host such as'],
    ['ghcr.io ', 'a host such as'],
    ['ghcr.io\n', 'a host such as'],
    ['$(id).io', 'a host such as'],
    ['', 'a host such as'],
    [`${'a'.repeat(300)}.io`, 'a host such as'],
  ] as const) {
    it(`refuses the registry ${JSON.stringify(registry.slice(0, 30))}`, async () => {
      const error = await rejectsWith('CONFIG_INVALID', () => check({...config, registry}))
      assert.ok(error.message.includes('storage.config.registry'), error.message)
      assert.ok(error.message.includes(expected), error.message)
    })
  }

  for (const [repository, expected] of [
    ['myorg/migrations-undefined', 'a variable is not set'],
    ['undefined', 'a variable is not set'],
    ['null/migrations', 'a variable is not set'],
    ['MyOrg/Migrations', 'in lower case such as myorg/migrations'],
    ['myorg/migrations:1.0.0', 'without tag or digest'],
    ['/myorg', 'a repository such as'],
    ['myorg/', 'a repository such as'],
    ['myorg//x', 'a repository such as'],
    ['../x', 'a repository such as'],
    ['-o/x', 'a repository such as'],
    ['my org', 'a repository such as'],
    ['a'.repeat(300), 'a repository such as'],
    ['', 'a repository such as'],
  ] as const) {
    it(`refuses the repository ${JSON.stringify(repository.slice(0, 30))}`, async () => {
      const error = await rejectsWith('CONFIG_INVALID', () => check({...config, repository}))
      assert.ok(error.message.includes('storage.config.repository'), error.message)
      assert.ok(error.message.includes(expected), error.message)
    })
  }

  it('takes a word that only begins like an unset variable', () => {
    check({...config, repository: 'nullable/undefinedness'})
  })

  it('refuses keys that it does not know', async () => {
    await rejectsWith('CONFIG_INVALID', () => check({...config, insecur: true}))
    await rejectsWith('CONFIG_INVALID', () => check({...config, auth: {token: 'x'}}))
  })

  it('takes credentials whose variables are not set', () => {
    check({...config, auth: {username: undefined, password: undefined}})
  })
})

describe('an oci:// URL', () => {
  it('names a registry, with its port, and a repository', () => {
    const {fromUrl} = ociBackend
    assert.deepEqual(fromUrl?.('oci://ghcr.io/myorg/migrations'), {
      registry: 'ghcr.io',
      repository: 'myorg/migrations',
    })
    assert.deepEqual(fromUrl?.('oci://localhost:5000/a/b/c/'), {
      registry: 'localhost:5000',
      repository: 'a/b/c',
    })
    assert.equal(fromUrl?.('s3://bucket/prefix'), undefined)
    assert.equal(fromUrl?.('ghcr.io/myorg/migrations'), undefined)
  })

  for (const url of [
    'oci://ghcr.io',
    'oci:///myorg',
    'oci://user:secret@ghcr.io/myorg/x',
    'oci://ghcr.io/myorg/x@sha256:0',
  ]) {
    it(`is refused when it is ${url}`, async () => {
      const error = await rejectsWith('CONFIG_INVALID', () => ociBackend.fromUrl?.(url))
      assert.ok(!error.message.includes('secret'))
    })
  }
})

const page = (registry: string, repository: string) => pageOf(locationOf(registry, repository))

describe('a repository', () => {
  it('is called by one name', () => {
    const shop = locationOf('GHCR.io', 'myorg/shop')
    const digest = sha256('manifest')
    assert.equal(urlOf(shop), 'oci://ghcr.io/myorg/shop')
    assert.equal(referenceTo(shop, '1.0.0'), 'ghcr.io/myorg/shop:1.0.0')
    assert.equal(referenceTo(shop, digest), `ghcr.io/myorg/shop@${digest}`)
    for (const name of ['docker.io', 'index.docker.io', 'registry-1.docker.io']) {
      assert.equal(urlOf(locationOf(name, 'me/shop')), 'oci://docker.io/me/shop')
    }
  })

  it('of Docker Hub has a namespace', async () => {
    const error = await rejectsWith('CONFIG_INVALID', () => locationOf('docker.io', 'shop'))
    assert.match(error.hint ?? '', /myorg\/shop/)
  })

  it('has a web page where that is certain', () => {
    assert.equal(
      page('ghcr.io', 'myorg/squizzle-migrations'),
      'https://github.com/orgs/myorg/packages/container/squizzle-migrations',
    )
    assert.equal(
      page('ghcr.io', 'myorg/app/migrations'),
      'https://github.com/orgs/myorg/packages/container/app%2Fmigrations',
    )
    assert.equal(page('docker.io', 'me/shop'), 'https://hub.docker.com/r/me/shop/tags')
    assert.equal(page('quay.io', 'me/shop'), 'https://quay.io/repository/me/shop?tab=tags')
    assert.equal(page('registry.example', 'me/shop'), undefined)
  })

  it('is on this machine, or not', () => {
    for (const host of [
      'localhost',
      'localhost:5000',
      '127.0.0.1:5000',
      '127.1.2.3',
      '[::1]:5000',
    ]) {
      assert.ok(isLoopback(host), host)
    }
    for (const host of ['localhost.example', '128.0.0.1', 'ghcr.io', '127.evil.example']) {
      assert.ok(!isLoopback(host), host)
    }
  })
})
