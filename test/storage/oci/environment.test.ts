import assert from 'node:assert/strict'
import {childEnvironment} from '../../../src/storage/oci/environment.ts'

const env = {
  PATH: '/bin',
  HOME: '/home/ada',
  HTTPS_PROXY: 'http://proxy:3128',
  SSL_CERT_FILE: '/ca.pem',
  DOCKER_CONFIG: '/docker',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'de_DE.UTF-8',
  ORAS_CACHE: '/somewhere',
  OCI_USERNAME: 'ada',
  OCI_PASSWORD: 'secret',
  DATABASE_URL: 'postgres://app:secret@db/shop',
  PGPASSWORD: 'secret',
  SQUIZZLE_ENV: 'production',
  GITHUB_TOKEN: 'secret',
  AWS_PROFILE: 'ops',
  AWS_SECRET_ACCESS_KEY: 'secret',
  GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
  AZURE_CLIENT_SECRET: 'secret',
  VAULT_TOKEN: 'secret',
  UNSET: undefined,
}

const basic = {
  PATH: '/bin',
  HOME: '/home/ada',
  HTTPS_PROXY: 'http://proxy:3128',
  SSL_CERT_FILE: '/ca.pem',
  DOCKER_CONFIG: '/docker',
  LC_ALL: 'C',
}

describe('the environment of oras', () => {
  it('is what it needs to find its way, and no secret', () => {
    assert.deepEqual(childEnvironment(env, []), basic)
    assert.deepEqual(childEnvironment(env, ['desktop', 'pass']), basic)
  })

  it('has the variables of a cloud where the helper of that cloud is asked', () => {
    assert.deepEqual(childEnvironment(env, ['ecr-login']), {
      ...basic,
      AWS_PROFILE: 'ops',
      AWS_SECRET_ACCESS_KEY: 'secret',
    })
    assert.deepEqual(childEnvironment(env, ['gcr']), {
      ...basic,
      GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
    })
    assert.deepEqual(childEnvironment(env, ['acr-env']), {...basic, AZURE_CLIENT_SECRET: 'secret'})
  })

  it('has what the owner of another helper set for it, and still nothing of squizzle', () => {
    const child = childEnvironment(env, ['vault'])
    assert.equal(child['VAULT_TOKEN'], 'secret')
    assert.equal(child['LC_ALL'], 'C')
    for (const name of Object.keys(child)) {
      assert.doesNotMatch(name, /^(?:OCI_|DATABASE_URL|PG|SQUIZZLE_|ORAS_)/)
    }
  })
})
