import assert from 'node:assert/strict'
import {requireDatabase} from '../../src/config/database.ts'
import {failure, loadJson, withProject} from './project.ts'

const ghcr = {registry: 'ghcr.io', repository: 'myorg/migrations'}
const auth = {username: 'ci', password: 'a-long-password'}
const env = {SQUIZZLE_ENV: 'production'}

/** `undefined` must survive, so this one is JavaScript. */
const javascript = (text: string) => ({'squizzle.config.mjs': `export default ${text}`})

describe('environments', () => {
  it('are laid over the rest, key by key', async () => {
    const {settings} = await loadJson(
      {
        storage: {type: 'oci', config: {...ghcr, auth}},
        environments: {
          production: {
            target: 'production',
            storage: {config: {repository: 'myorg/migrations-production'}},
          },
        },
      },
      {env},
    )
    assert.equal(settings.environment, 'production')
    assert.equal(settings.target, 'production')
    const config = {...ghcr, repository: 'myorg/migrations-production', auth, latest: true}
    assert.deepEqual(settings.storage, {type: 'oci', config})
  })

  it('replace the storage as a whole where they change its type', async () => {
    const {settings} = await loadJson(
      {
        storage: {type: 'oci', config: {...ghcr, auth}},
        environments: {production: {storage: {type: 's3', config: {bucket: 'b'}}}},
      },
      {env},
    )
    assert.deepEqual(settings.storage, {type: 's3', config: {bucket: 'b'}})
  })

  it('leave what is said about one registry behind where they name another', async () => {
    const {settings} = await loadJson(
      {
        storage: {type: 'oci', config: {...ghcr, auth, insecure: true}},
        environments: {production: {storage: {config: {registry: 'registry.corp'}}}},
      },
      {env},
    )
    const config = {registry: 'registry.corp', repository: 'myorg/migrations', latest: true}
    assert.deepEqual(settings.storage.config, config)
  })

  it('leave the direct URL of another database behind', async () => {
    const {settings} = await loadJson(
      {
        database: {url: 'postgres://pool.dev/shop', directUrl: 'postgres://db.dev/shop'},
        environments: {production: {database: {url: 'postgres://pool.prod/shop'}}},
      },
      {env},
    )
    assert.equal(settings.database?.url, 'postgres://pool.prod/shop')
    assert.equal(settings.database?.directUrl, undefined)
  })

  it('select nothing by NODE_ENV', async () => {
    const config = {environments: {production: {target: 'production'}}}
    const {settings} = await loadJson(config, {env: {NODE_ENV: 'production'}})
    assert.equal(settings.environment, undefined)
    assert.equal(settings.target, undefined)
  })

  it('a value that is undefined there never falls back to the one below', () =>
    withProject(
      javascript(`{
        database: {url: 'postgres://db.dev/shop'},
        environments: {production: {database: {url: process.env.NO_SUCH_VARIABLE_HERE}}},
      }`),
      async ({load}) => {
        const loaded = await load({env})
        assert.equal(loaded.settings.database, undefined)
        const error = await failure((async () => requireDatabase(loaded))())
        assert.equal(error.code, 'NO_DATABASE')
        assert.match(
          error.hint ?? '',
          /^environments\.production\.database\.url in squizzle\.config\.mjs is undefined.*DATABASE_URL/,
        )
      },
    ))

  it('a repository that is undefined there is missing', () =>
    withProject(
      javascript(`{
        storage: {type: 'oci', config: {registry: 'ghcr.io', repository: 'myorg/dev'}},
        environments: {production: {storage: {config: {repository: undefined}}}},
      }`),
      async ({load}) => {
        const error = await failure(load({env}))
        assert.match(error.message, /storage\.config\.repository: expected a string, found nothing/)
      },
    ))

  it('a storage that is undefined there is missing, and never the default one', () =>
    withProject(
      javascript(`{
        storage: {type: 's3', config: {bucket: 'b'}},
        environments: {production: {storage: undefined}},
      }`),
      async ({load}) => {
        const error = await failure(load({env}))
        assert.match(error.message, /storage\.type: expected one of oci, s3, local, found nothing/)
      },
    ))

  it('an unknown name is refused, with the nearest', async () => {
    const config = {environments: {production: {}, staging: {}}}
    const error = await failure(loadJson(config, {flags: {env: 'prodution'}}))
    assert.equal(error.exitCode, 2)
    assert.match(error.message, /unknown environment "prodution" \(from --env\)/)
    assert.match(error.hint ?? '', /"production".*production, staging/)
  })

  for (const name of ['constructor', '__proto__', 'toString', 'x'.repeat(10_000)]) {
    it(`a name that every object answers to, or an endless one, is unknown: ${name.slice(0, 20)}`, async () => {
      const error = await failure(loadJson({environments: {a: {}}}, {flags: {env: name}}))
      assert.equal(error.exitCode, 2)
      assert.ok(error.message.length < 200)
    })
  }

  it('an unknown name is refused where there is no file, or none in it', async () => {
    await withProject({}, async ({load}) => {
      const error = await failure(load({flags: {env: 'production'}}))
      assert.match(error.hint ?? '', /no configuration file/)
    })
    const error = await failure(loadJson({}, {env}))
    assert.match(error.message, /from SQUIZZLE_ENV/)
  })

  it('an empty --env is a mistake, an empty SQUIZZLE_ENV is none', async () => {
    assert.equal((await failure(loadJson({}, {flags: {env: ''}}))).code, 'USAGE')
    assert.equal((await loadJson({}, {env: {SQUIZZLE_ENV: ''}})).settings.environment, undefined)
  })

  it('a configuration function without environments knows the names itself', () =>
    withProject(
      {'squizzle.config.cjs': 'module.exports = ({environment}) => ({target: environment})'},
      async ({load}) => {
        const {settings} = await load({flags: {env: 'staging'}})
        assert.deepEqual([settings.environment, settings.target], ['staging', 'staging'])
      },
    ))

  it('are checked in the file also where they are not selected', async () => {
    const config = {environments: {production: {database: {lockTimeout: 5}}, staging: {targt: 'x'}}}
    const error = await failure(loadJson(config))
    assert.match(error.message, /environments\.production\.database\.lockTimeout: expected a time/)
    assert.match(error.message, /environments\.staging\.targt: .*did you mean "target"/)
  })

  it('are named by an error in what they laid over', async () => {
    const config = {
      storage: {type: 'oci', config: ghcr},
      environments: {production: {storage: {config: {repositry: 'x'}}}},
    }
    const {message} = await failure(loadJson(config, {env}))
    assert.match(message, /environments\.production\.storage\.config\.repositry: .*"repository"/)
  })

  describe('a variable that overrides a value of the named one is said', () => {
    const url = 'postgres://db.prod/shop'
    const config = {
      storage: {type: 'oci', config: ghcr},
      environments: {
        production: {database: {url}, storage: {config: {repository: 'myorg/prod', auth}}},
      },
    }
    const warnings = async (variables: object) =>
      (await loadJson(config, {env: {...env, ...variables}})).warnings

    it('DATABASE_URL', async () => {
      const said = ['DATABASE_URL overrides database.url of environment production']
      assert.deepEqual(await warnings({DATABASE_URL: 'postgres://db.dev/shop'}), said)
    })

    it('SQUIZZLE_REGISTRY', async () => {
      const said = await warnings({SQUIZZLE_REGISTRY: 'ghcr.io/myorg/dev'})
      assert.deepEqual(said, [
        'SQUIZZLE_REGISTRY overrides storage.config.repository of environment production',
      ])
    })

    it('OCI_PASSWORD', async () => {
      const said = await warnings({OCI_PASSWORD: 'another-password'})
      assert.deepEqual(said, [
        'OCI_PASSWORD overrides storage.config.auth of environment production',
      ])
    })

    it('not where it says the same, nor where no environment is named', async () => {
      assert.deepEqual(await warnings({DATABASE_URL: url, OCI_PASSWORD: auth.password}), [])
      const unnamed = {SQUIZZLE_ENV: '', DATABASE_URL: 'postgres://db.dev/shop'}
      assert.deepEqual(await warnings(unnamed), [])
    })
  })
})
