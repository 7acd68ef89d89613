import assert from 'node:assert/strict'
import {join} from 'node:path'
import {failure, loadJson, shown, withProject} from './project.ts'

const auth = {username: 'ci', password: 'CANARY-password'}
const ghcr = {
  registry: 'ghcr.io',
  repository: 'myorg/migrations',
  auth,
  caFile: './ca.pem',
  latest: false,
}
const oci = {storage: {type: 'oci', config: ghcr}}

const storageOf = async (...args: Parameters<typeof loadJson>) =>
  (await loadJson(...args)).settings.storage

describe('the storage', () => {
  it('is the local folder where nothing is said', async () => {
    assert.deepEqual(await storageOf({}), {type: 'local', config: {path: './db/artifacts'}})
  })

  it('must have a type where anything is said', async () => {
    const error = await failure(loadJson({storage: {config: {path: './x'}}}))
    assert.match(error.message, /storage\.type: expected one of oci, s3, local, found nothing/)
  })

  it('of an unknown type is refused, with the nearest', async () => {
    const error = await failure(loadJson({storage: {type: 'OCI '}}))
    assert.match(error.message, /storage\.type: .*found "OCI" \(did you mean "oci"\?\)/)
  })

  it('is checked by its backend: all problems at once, each with path, expected, found and nearest', async () => {
    const config = {registy: 'ghcr.io', repository: 7, auth: {usrname: 'x', password: 9}}
    const error = await failure(loadJson({storage: {type: 'oci', config}}))
    assert.deepEqual(error.message.split('\n'), [
      'squizzle.config.json is not valid:',
      '  storage.config.registy: expected one of registry, repository, auth, plainHttp, insecure, caFile, latest, found an unknown key (did you mean "registry"?)',
      '  storage.config.auth.usrname: expected one of username, password, found an unknown key (did you mean "username"?)',
      '  storage.config.registry: expected a string, found nothing',
      '  storage.config.repository: expected a string, found the number 7',
      '  storage.config.auth.password: expected a string, found a number',
    ])
  })

  it('is as its backend types it, defaults among the values', async () => {
    const {settings, values} = await loadJson({
      storage: {type: 'oci', config: {registry: 'ghcr.io', repository: 'a/b'}},
    })
    assert.deepEqual(settings.storage.config, {
      registry: 'ghcr.io',
      repository: 'a/b',
      latest: true,
    })
    const latest = values.find(({path}) => path === 'storage.config.latest')
    assert.deepEqual(latest, {
      path: 'storage.config.latest',
      value: true,
      origin: 'default',
      secret: false,
    })
  })

  for (const empty of [{}, {username: 'ci'}, {password: ''}, {username: '', password: ''}]) {
    it(`auth without a password counts as absent: ${JSON.stringify(empty)}`, async () => {
      const config = {registry: 'ghcr.io', repository: 'a/b', auth: empty}
      const {config: found} = await storageOf({storage: {type: 'oci', config}})
      assert.deepEqual(found, {registry: 'ghcr.io', repository: 'a/b', latest: true})
    })
  }

  it('auth with undefined values counts as absent', () =>
    withProject(
      {
        'squizzle.config.cjs': `module.exports = {storage: {type: 'oci', config: {registry: 'ghcr.io', repository: 'a/b',
          auth: {username: process.env.NO_SUCH_USER, password: process.env.NO_SUCH_TOKEN}}}}`,
      },
      async ({load}) => {
        const {settings} = await load()
        assert.deepEqual(settings.storage.config, {
          registry: 'ghcr.io',
          repository: 'a/b',
          latest: true,
        })
      },
    ))

  it('auth with a misspelt password is an error, not absent', async () => {
    const config = {
      registry: 'ghcr.io',
      repository: 'a/b',
      auth: {username: 'u', passwrd: 'CANARY'},
    }
    const error = await failure(loadJson({storage: {type: 'oci', config}}))
    assert.match(error.message, /auth\.passwrd: .*"password"/)
    assert.ok(!shown(error).includes('CANARY'))
  })
})

describe('a registry and a repository', () => {
  const cases: [registry: string, repository: string, says: RegExp][] = [
    [
      'ghcr.io',
      'myorg/migrations-undefined',
      /repository: .*variable .* is not set.*"myorg\/migrations-undefined"/,
    ],
    ['ghcr.io', 'undefined/migrations', /repository: .*variable .* is not set/],
    ['ghcr.io', 'myorg/migrations-null', /repository: .*variable .* is not set/],
    ['undefined', 'myorg/x', /registry: .*variable .* is not set/],
    ['undefined.dkr.ecr.eu-west-1.amazonaws.com', 'x', /registry: .*variable .* is not set/],
    ['ghcr.io', 'myorg//x', /repository: .*without empty parts/],
    ['ghcr.io', '/x', /repository: .*without empty parts/],
    ['ghcr.io', 'x/', /repository: .*without empty parts/],
    ['ghcr.io', '', /repository: .*without empty parts/],
    ['ghcr.io', 'MyOrg/x', /repository: .*lower case/],
    ['ghcr.io', 'myorg/x:1.0.0', /repository: .*without a tag/],
    ['ghcr.io', 'myorg/x@sha256:aa', /repository: .*without user, password or digest/],
    ['ghcr.io', 'my org', /repository: .*lower-case letters/],
    ['ghcr.io', '../x', /repository: .*lower-case letters/],
    ['ghcr.io', 'a/'.repeat(200) + 'x', /repository: .*at most 255/],
    ['', 'x', /registry: .*host name/],
    ['https://ghcr.io', 'x', /registry: .*without a scheme/],
    ['ghcr.io/myorg', 'x', /registry: .*without a path/],
    ['--help', 'x', /registry: .*host name/],
    ['ghcr.io:port', 'x', /registry: .*host name/],
    ['user:CANARY@ghcr.io', 'x', /registry: .*without user and password/],
  ]
  for (const [registry, repository, says] of cases) {
    it(`are refused: ${JSON.stringify(registry)} ${JSON.stringify(repository.slice(0, 40))}`, async () => {
      const error = await failure(
        loadJson({storage: {type: 'oci', config: {registry, repository}}}),
      )
      assert.equal(error.code, 'CONFIG_INVALID')
      assert.match(error.message, says)
      assert.ok(!shown(error).includes('CANARY'))
    })
  }

  const good: [string, string][] = [
    ['docker.io', 'myorg/x'],
    ['localhost:5000', 'a'],
    ['[::1]:5000', 'a/b/c/d__e/f--g/h.i'],
    ['123456789.dkr.ecr.us-east-1.amazonaws.com', 'null-safe/nullable'],
    ['harbor', 'team/app-migrations'],
  ]
  for (const [registry, repository] of good) {
    it(`are taken: ${registry}/${repository}`, async () => {
      const {config} = await storageOf({storage: {type: 'oci', config: {registry, repository}}})
      assert.deepEqual(config, {registry, repository, latest: true})
    })
  }

  it('of other storages: a prefix with an unset variable in it is refused too', async () => {
    const config = {bucket: 'b', prefix: 'migrations/undefined/'}
    const error = await failure(loadJson({storage: {type: 's3', config}}))
    assert.match(error.message, /storage\.config\.prefix: .*variable in it is not set.*found/)
  })

  it('credentials and names that were built from an unset variable are refused too', async () => {
    const place = {registry: 'ghcr.io', repository: 'a/b'}
    const config = {...place, auth: {username: 'undefined', password: 'undefined'}}
    const error = await failure(
      loadJson({project: 'shop-undefined', storage: {type: 'oci', config}}),
    )
    for (const path of [
      'project',
      'storage.config.auth.username',
      'storage.config.auth.password',
    ]) {
      assert.match(error.message, new RegExp(`${path}: .*variable in it is not set`))
    }
  })
})

describe('--registry', () => {
  it('with a host alone keeps the repository, and nothing that was said about the other registry', async () => {
    const {settings, warnings} = await loadJson(oci, {flags: {registry: 'backup.registry.io'}})
    assert.deepEqual(settings.storage.config, {
      registry: 'backup.registry.io',
      repository: 'myorg/migrations',
      latest: false,
    })
    assert.deepEqual(warnings, [
      'storage.config.auth, storage.config.caFile: written for ghcr.io, not used for backup.registry.io',
    ])
  })

  it('with a path replaces both', async () => {
    const {config} = await storageOf(oci, {flags: {registry: 'localhost:5000/other/place'}})
    assert.deepEqual(config, {registry: 'localhost:5000', repository: 'other/place', latest: false})
  })

  it('that names the configured registry keeps its credentials', async () => {
    const {settings, warnings} = await loadJson(oci, {flags: {registry: 'GHCR.io/other/place'}})
    const config = {...ghcr, registry: 'GHCR.io', repository: 'other/place'}
    assert.deepEqual(settings.storage.config, config)
    assert.deepEqual(warnings, [])
  })

  it('makes an oci storage of another one, and needs a path then', async () => {
    const s3 = {storage: {type: 's3', config: {bucket: 'b'}}}
    const storage = await storageOf(s3, {env: {SQUIZZLE_REGISTRY: 'ghcr.io/myorg/x'}})
    const config = {registry: 'ghcr.io', repository: 'myorg/x', latest: true}
    assert.deepEqual(storage, {type: 'oci', config})
    const error = await failure(loadJson(s3, {flags: {registry: 'ghcr.io'}}))
    assert.equal(error.code, 'USAGE')
    assert.match(error.hint ?? '', /ghcr\.io\/<repository>/)
  })

  it('wins over SQUIZZLE_REGISTRY', async () => {
    const {config} = await storageOf(oci, {
      env: {SQUIZZLE_REGISTRY: 'not a registry'},
      flags: {registry: 'a.io/b'},
    })
    assert.deepEqual(config, {registry: 'a.io', repository: 'b', latest: false})
  })

  for (const text of [
    'u:CANARY@ghcr.io',
    'https://u:CANARY@ghcr.io/x',
    'https://ghcr.io/x',
    'ghcr.io/x:1.0.0',
    'ghcr.io/Org/x',
    'ghcr.io/',
    'ghcr.io//x',
    'myorg/migrations',
    'ghcr.io/x-undefined',
    '-o/etc/passwd',
    'a b',
    '$(id)/x',
    'x'.repeat(5000),
  ]) {
    it(`is refused: ${text.slice(0, 30)}`, async () => {
      const byFlag = await failure(loadJson(oci, {flags: {registry: text}}))
      const byVariable = await failure(loadJson(oci, {env: {SQUIZZLE_REGISTRY: text}}))
      assert.equal(byFlag.code, 'USAGE')
      assert.equal(byVariable.code, 'CONFIG_INVALID')
      for (const error of [byFlag, byVariable]) {
        assert.ok(!shown(error).includes('CANARY'))
        assert.ok(error.message.length < 400)
        assert.match(error.message, /^(--registry|SQUIZZLE_REGISTRY)/)
      }
    })
  }
})

describe('--storage', () => {
  it('is what a backend makes of the URL, and replaces the configured storage as a whole', async () => {
    const s3 = {storage: {type: 's3', config: {bucket: 'b', region: 'eu', key: 'k'}}}
    const storage = await storageOf(s3, {flags: {storage: 's3://other/prefix/'}})
    assert.deepEqual(storage, {type: 's3', config: {bucket: 'other', prefix: 'prefix/'}})
  })

  it('keeps what is said about the very registry that it names', async () => {
    const same = await storageOf(oci, {flags: {storage: 'oci://ghcr.io/other/x'}})
    const config = {
      registry: 'ghcr.io',
      repository: 'other/x',
      auth,
      caFile: './ca.pem',
      latest: true,
    }
    assert.deepEqual(same.config, config)
    const other = await storageOf(oci, {flags: {storage: 'oci://quay.io/other/x'}})
    assert.deepEqual(other.config, {registry: 'quay.io', repository: 'other/x', latest: true})
  })

  it('takes a path relative to the working folder', () =>
    withProject({'squizzle.config.json': '{}', 'a/b': ''}, async ({load, folder}) => {
      const {settings} = await load({cwd: 'a', flags: {storage: 'file:./out'}})
      assert.deepEqual(settings.storage, {type: 'local', config: {path: join(folder, 'a/out')}})
    }))

  it('of an unknown kind is refused, naming the known ones and nothing of the URL', async () => {
    const error = await failure(loadJson(oci, {flags: {storage: 'gs://bucket?key=CANARY'}}))
    assert.equal(error.code, 'USAGE')
    assert.match(error.message, /no storage takes gs: URLs/)
    assert.match(error.hint ?? '', /oci:\/\/host\/repository, s3:\/\/bucket\/prefix or file:/)
    assert.ok(!shown(error).includes('CANARY'))
  })

  it('with a user or a password in it is refused, showing nothing of it', async () => {
    for (const storage of ['oci://u:CANARY@ghcr.io/x', 's3://CANARY@bucket/x']) {
      const error = await failure(loadJson(oci, {flags: {storage}}))
      assert.equal(error.code, 'USAGE')
      assert.ok(!shown(error).includes('CANARY'))
    }
  })

  it('is checked like the configured one, and named by the error', async () => {
    const error = await failure(loadJson(oci, {flags: {storage: 'oci://ghcr.io/Org/x'}}))
    assert.match(error.message, /storage\.config\.repository \(from --storage\): .*lower case/)
  })

  it('excludes --registry', async () => {
    const flags = {storage: 'file:./x', registry: 'ghcr.io'}
    assert.equal((await failure(loadJson(oci, {flags}))).code, 'USAGE')
  })
})
