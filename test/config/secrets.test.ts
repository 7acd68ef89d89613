import assert from 'node:assert/strict'
import {chmod} from 'node:fs/promises'
import {join} from 'node:path'
import {createRedactor} from '../../src/config/redact.ts'
import type {LoadedConfig} from '../../src/config/settings.ts'
import {describeTarget} from '../../src/config/target.ts'
import {failure, loadJson, shown, withProject} from './project.ts'

/** One in each place that may hold a secret. */
const canaries = {
  url: 'CANARY-url-1234',
  direct: 'CANARY-direct-1234',
  auth: 'CANARY-auth-1234',
  other: 'CANARY-other-1234',
  variable: 'CANARY-variable-1234',
  oci: 'CANARY-oci-1234',
}

const config = {
  database: {
    url: `postgres://app:${canaries.url}@db/shop`,
    directUrl: `postgres://app:${canaries.direct}@db/shop`,
  },
  storage: {
    type: 'oci',
    config: {
      registry: 'ghcr.io',
      repository: 'a/b',
      auth: {username: 'ci', password: canaries.auth},
    },
  },
  environments: {
    production: {storage: {type: 's3', config: {bucket: 'b', key: canaries.other}}},
    other: {database: {url: `postgres://app:${canaries.other}@db/shop`}},
  },
}

const env = {
  DATABASE_URL: `postgres://app:${canaries.variable}@db/shop`,
  OCI_USERNAME: 'ci',
  OCI_PASSWORD: canaries.oci,
}

const display = ({values, warnings, databaseHint}: LoadedConfig) =>
  JSON.stringify({values, warnings, databaseHint})

describe('secrets', () => {
  it('are in no value, no warning, and no target', async () => {
    for (const options of [{}, {env}, {env: {...env, SQUIZZLE_ENV: 'production'}}]) {
      const loaded = await loadJson(config, options)
      assert.ok(!display(loaded).includes('CANARY'), display(loaded))
      assert.ok(!JSON.stringify(describeTarget(loaded)).includes('CANARY'))
    }
  })

  it('are marked among the values, the rest of a URL readable', async () => {
    const {values} = await loadJson(config)
    const secret = values.filter((value) => value.secret).map(({path, value}) => [path, value])
    assert.deepEqual(Object.fromEntries(secret), {
      'storage.config.auth.password': '***',
      'database.url': 'postgres://app:***@db/shop',
      'database.directUrl': 'postgres://app:***@db/shop',
    })
  })

  it('are all known to the redactor, also those of environments that are not selected', async () => {
    const {secrets} = await loadJson(config, {env})
    const redact = createRedactor(secrets)
    for (const canary of Object.values(canaries)) {
      assert.equal(redact(`x ${canary} y`), 'x *** y')
      assert.ok(
        !redact(Buffer.from(`app:${canary}`).toString('base64')).includes(
          Buffer.from(canary).toString('base64').slice(4, 12),
        ),
      )
    }
    const basic = Buffer.from(`ci:${canaries.auth}`).toString('base64')
    assert.equal(redact(`Basic ${basic}`), 'Basic ***')
  })

  it('are shown among the values neither where they are too short for the redactor', async () => {
    const place = {registry: 'ghcr.io', repository: 'a/b', auth: {password: 'abc'}}
    const url = 'postgres://app:xyz@db/shop'
    const {values} = await loadJson({storage: {type: 'oci', config: place}, database: {url}})
    const valueOf = (at: string) => values.find(({path}) => path === at)?.value
    assert.equal(valueOf('storage.config.auth.password'), '***')
    assert.equal(valueOf('database.url'), 'postgres://app:***@db/shop')
  })

  it('what their backend declares secret is, whatever its name', async () => {
    const storage = {type: 's3', config: {bucket: 'b', key: canaries.other}}
    const {values, secrets} = await loadJson({storage})
    const key = values.find(({path}) => path === 'storage.config.key')
    assert.deepEqual([key?.value, key?.secret], ['***', true])
    assert.ok(secrets.includes(canaries.other))
  })

  it('as meant and as written: a password with escapes', async () => {
    const {secrets} = await loadJson({database: {url: 'postgres://app:p%40ss%2Fword@db/shop'}})
    for (const form of ['p%40ss%2Fword', 'p@ss/word']) assert.ok(secrets.includes(form))
  })

  it('are found among variables by their names', async () => {
    const variables = {
      AWS_SECRET_ACCESS_KEY: 'CANARY-aws-1',
      GITHUB_TOKEN: 'CANARY-gh-12',
      DB_PASS: 'CANARY-db-12',
      MY_API_KEY: 'CANARY-api-1',
      OTHER_URL: 'https://CANARY-token@host/x?password=CANARY-query',
    }
    const harmless = {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      SOME_TOKEN: 'true',
      TOKEN_FILE: '/run/secrets/token',
      COMPASS: 'north-north-west',
    }
    const {secrets} = await loadJson({}, {env: {...variables, ...harmless}})
    const redact = createRedactor(secrets)
    for (const value of Object.values(variables)) assert.ok(!redact(value).includes('CANARY'))
    for (const value of Object.values(harmless)) assert.equal(redact(value), value)
  })

  it('a password that repeats the user does not make every message unreadable', async () => {
    const {secrets} = await loadJson({database: {url: 'postgres://shop:shop@localhost/shop'}})
    assert.equal(createRedactor(secrets)('building shop 1.0.0'), 'building shop 1.0.0')
  })

  describe('are in no error', () => {
    const wrong: Record<string, object> = {
      'a wrong type beside them': {...config, target: 5},
      'an unknown key that holds one': {passwrd: canaries.auth, database: {passwort: canaries.url}},
      'one as the type of the storage': {
        ...config,
        storage: {type: canaries.auth, config: {password: canaries.auth}},
      },
      'a list instead of one': {
        ...config,
        storage: {
          type: 'oci',
          config: {...config.storage.config, auth: {password: [canaries.auth]}},
        },
      },
      'one in the wrong place': {...config, project: `${canaries.url} `},
      'one in a registry': {
        ...config,
        storage: {type: 'oci', config: {registry: `u:${canaries.auth}@h`, repository: 'x'}},
      },
      'a broken URL': {...config, database: {url: `postgres:/app:${canaries.url}@db`}},
      'a key that is one': {...config, [`postgres://u:${canaries.url}@h`]: 1},
    }
    for (const [name, value] of Object.entries(wrong)) {
      it(name, async () => {
        const error = await failure(loadJson(value, {env: {}}))
        assert.ok(!shown(error).includes('CANARY'), shown(error))
      })
    }

    it('a wrong place given by a flag or a variable', async () => {
      for (const flags of [
        {registry: `u:${canaries.oci}@x`},
        {storage: `oci://u:${canaries.oci}@h/x`},
        {storage: `gs://b?x=${canaries.oci}`},
      ]) {
        const error = await failure(loadJson(config, {flags}))
        assert.ok(!shown(error).includes('CANARY'), shown(error))
      }
    })
  })
})

const warningsOf = (content: string, mode: number) =>
  withProject({'squizzle.config.mjs': content}, async ({load, folder}) => {
    await chmod(join(folder, 'squizzle.config.mjs'), mode)
    return (await load({env: {}})).warnings
  })

describe('a configuration file that others can read', () => {
  const text = `export default ${JSON.stringify(config)}`
  const warning = /^squizzle\.config\.mjs holds a secret and every user of this machine can read it/

  it('and that has a secret written in it is warned about', async () => {
    const [said = '', ...more] = await warningsOf(text, 0o644)
    assert.match(said, warning)
    assert.ok(!said.includes('CANARY'))
    assert.deepEqual(more, [])
  })

  it('is not warned about where only its owner and group can, or nothing is written in it', async () => {
    assert.deepEqual(await warningsOf(text, 0o640), [])
    const fromVariable = `export default {database: {url: ['postgres:', '', 'app:' + ['CAN', 'ARY1234'].join('') + '@db', 'shop'].join('/')}}`
    assert.deepEqual(await warningsOf(fromVariable, 0o644), [])
    assert.deepEqual(
      await warningsOf(`export default {database: {url: 'postgres://shop:shop@db/shop'}}`, 0o644),
      [],
    )
  })
})
