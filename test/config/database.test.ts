import assert from 'node:assert/strict'
import {join} from 'node:path'
import {requireDatabase} from '../../src/config/database.ts'
import {failure, loadJson, type LoadOptions, shown, withProject} from './project.ts'

const missing = async (config: unknown, options?: LoadOptions) => {
  const loaded = await loadJson(config, options)
  assert.equal(loaded.settings.database, undefined)
  return failure((async () => requireDatabase(loaded))())
}

describe('no accidental database', () => {
  it('without a file, a variable and CI it is the embedded one, said each time', () =>
    withProject({}, async ({load, folder}) => {
      const loaded = await load()
      assert.equal(requireDatabase(loaded).url, `pglite:${join(folder, '.squizzle/database')}`)
      const said = 'no configuration file: using the embedded database in .squizzle/database'
      assert.deepEqual(loaded.warnings, [said])
      assert.equal(loaded.values.find(({path}) => path === 'database.url')?.origin, 'default')
    }))

  for (const CI of ['true', '1', 'yes', 'TRUE']) {
    it(`without a file, in CI (${CI}), there is none`, () =>
      withProject({}, async ({load}) => {
        const loaded = await load({env: {CI}})
        const error = await failure((async () => requireDatabase(loaded))())
        assert.equal(error.code, 'NO_DATABASE')
        assert.equal(error.exitCode, 2)
        assert.equal(error.message, 'no database configured')
        assert.match(error.hint ?? '', /DATABASE_URL/)
        assert.deepEqual(loaded.warnings, [])
      }))
  }

  for (const CI of ['', '0', 'false']) {
    it(`CI=${JSON.stringify(CI)} is not CI`, () =>
      withProject({}, async ({load}) => {
        assert.ok((await load({env: {CI}})).settings.database)
      }))
  }

  it('with a file that says nothing of it there is none', async () => {
    for (const config of [{}, {database: {}}, {database: {schema: 'ledger'}}]) {
      const error = await missing(config)
      assert.equal(error.code, 'NO_DATABASE')
      assert.equal(error.hint, 'Set database.url in squizzle.config.json, or DATABASE_URL.')
    }
  })

  it('with an empty URL there is none', async () => {
    for (const url of ['', '  \n']) {
      const {hint} = await missing({database: {url}}, {env: {DATABASE_URL: ''}})
      assert.match(hint ?? '', /^database\.url in squizzle\.config\.json is empty.*DATABASE_URL/)
    }
  })

  it('with an undefined URL there is none', () =>
    withProject(
      {'squizzle.config.cjs': 'module.exports = {database: {url: process.env.NO_SUCH_URL_HERE}}'},
      async ({load}) => {
        const loaded = await load()
        const {code, hint} = await failure((async () => requireDatabase(loaded))())
        assert.equal(code, 'NO_DATABASE')
        assert.match(hint ?? '', /^database\.url in squizzle\.config\.cjs is undefined/)
      },
    ))

  it('an undefined URL does not hinder what needs no database', () =>
    withProject({'squizzle.config.mjs': 'export default {database: undefined}'}, async ({load}) => {
      assert.equal((await load()).settings.storage.type, 'local')
    }))

  it('DATABASE_URL is enough', () =>
    withProject({}, async ({load}) => {
      const loaded = await load({env: {CI: '1', DATABASE_URL: ' postgres://db/shop\n'}})
      assert.equal(requireDatabase(loaded).url, 'postgres://db/shop')
      assert.deepEqual(loaded.warnings, [])
    }))
})

describe('a database URL', () => {
  const good = [
    'postgres://app:pw@db:5432/shop',
    'postgresql://app@db/shop?sslmode=verify-full',
    'postgres://app:p%40s%2Fs@db/shop',
    'postgres://%2Fvar%2Frun%2Fpostgresql/shop',
    'postgres:///shop?host=/var/run/postgresql',
    'postgres://[::1]:5432/shop',
    'postgres://app:p%2Cw@one:5432,two:5433,[::1]/shop?target_session_attrs=primary',
    'pglite:memory',
    'pglite:/var/lib/database',
  ]
  for (const url of good) {
    it(`is taken as it is: ${url}`, async () => {
      assert.equal((await loadJson({database: {url}})).settings.database?.url, url)
    })
  }

  it('pglite: with a relative folder is below the root, also where a variable says it', () =>
    withProject(
      {'squizzle.config.json': '{"database": {"url": "pglite:data"}}', 'a/b': ''},
      async ({load, folder}) => {
        const url = async (options: LoadOptions) => (await load(options)).settings.database?.url
        assert.equal(await url({cwd: 'a'}), `pglite:${join(folder, 'data')}`)
        const env = {DATABASE_URL: 'pglite:./memory'}
        assert.equal(await url({cwd: 'a', env}), `pglite:${join(folder, 'memory')}`)
      },
    ))

  const bad: [url: string, says: RegExp][] = [
    [
      'mysql://root:CANARY@db/shop',
      /begins with postgres:\/\/, postgresql:\/\/ or pglite:, found a mysql: URL/,
    ],
    ['postgres:db', /found a postgres: URL/],
    ['CANARY', /found a string without a scheme/],
    ['host=db password=CANARY', /found a string without a scheme/],
    ['pglite:', /found no folder/],
    ['pglite://CANARY', /as in pglite:\.squizzle\/database/],
    ['postgres://app:CAN#ARY@db/shop', /percent-encoded/],
    ['postgres://app:12#CANARY@db/shop', /percent-encoded/],
    ['postgres://app:12/CANARY@db/shop', /percent-encoded/],
    ['postgres://app:12?CANARY@db/shop', /percent-encoded/],
    ['postgres://app:CANARY%@db/shop', /percent-encoded/],
    ['postgres://app:undefined@db/shop', /variable that it is built from is not set/],
    ['postgres://undefined:CANARY@db/shop', /variable that it is built from is not set/],
    ['postgres://app:CANARY@undefined/shop', /variable that it is built from is not set/],
    ['postgres://app:CANARY@db,undefined:5432/shop', /variable that it is built from is not set/],
    ['postgres://app:CANARY/1@one,two/shop', /percent-encoded/],
    ['postgres://app:CANARY@db/undefined', /variable that it is built from is not set/],
    ['undefined', /found a string without a scheme/],
  ]
  for (const [url, says] of bad) {
    it(`is refused, showing no more than its scheme: ${url}`, async () => {
      const byFile = await failure(loadJson({database: {url}}))
      const byVariable = await failure(loadJson({}, {env: {DATABASE_URL: url}}))
      assert.match(byFile.message, /database\.url: expected/)
      assert.match(byVariable.message, /database\.url \(from DATABASE_URL\): expected/)
      for (const error of [byFile, byVariable]) {
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.message, says)
        assert.ok(!/CAN|ARY/.test(shown(error)), shown(error))
      }
    })
  }

  it('directUrl is checked too, and must be that of a server', async () => {
    const url = 'postgres://pool/shop'
    const wrong = await failure(loadJson({database: {url, directUrl: 'pglite:memory'}}))
    assert.match(wrong.message, /database\.directUrl: .*found the URL of an embedded database/)
    const {settings} = await loadJson({database: {url, directUrl: ''}})
    assert.equal(settings.database?.directUrl, undefined)
  })

  it('DATABASE_URL leaves the direct URL of another database behind, and keeps that of the same', async () => {
    const config = {database: {url: 'postgres://a/a', directUrl: 'postgres://direct/a'}}
    const direct = async (DATABASE_URL: string) =>
      (await loadJson(config, {env: {DATABASE_URL}})).settings.database?.directUrl
    assert.equal(await direct('postgres://b/b'), undefined)
    assert.equal(await direct('postgres://a/a\n'), 'postgres://direct/a')
  })
})

describe('the settings of a database', () => {
  const url = 'postgres://db/shop'

  it('have defaults', async () => {
    const {settings} = await loadJson({database: {url}})
    assert.deepEqual(settings.database, {
      url,
      schema: 'squizzle',
      transaction: 'release',
      lockTimeout: '5s',
      waitLock: 60,
    })
  })

  for (const time of ['0', '5s', '500ms', '2min', '1h', '10 s', '1.5s', '100us', '24d']) {
    it(`a time as PostgreSQL writes it: ${time}`, async () => {
      const {settings} = await loadJson({
        database: {url, lockTimeout: time, statementTimeout: time},
      })
      assert.equal(settings.database?.lockTimeout, time)
      assert.equal(settings.database.statementTimeout, time)
    })
  }

  for (const time of [
    '',
    '5',
    '-5s',
    '5 seconds',
    '5S',
    '5s; drop table x',
    '25d',
    '9'.repeat(400),
    's',
    '1e3s',
  ]) {
    it(`no time: ${time.slice(0, 20)}`, async () => {
      const error = await failure(loadJson({database: {url, lockTimeout: time}}))
      assert.match(
        error.message,
        /database\.lockTimeout: expected a time with its unit such as "5s"/,
      )
    })
  }

  for (const waitLock of [-1, 1e300, '60', Number.MAX_SAFE_INTEGER]) {
    it(`no number of seconds: ${waitLock}`, async () => {
      const error = await failure(loadJson({database: {url, waitLock}}))
      assert.match(error.message, /database\.waitLock: expected .*seconds/)
    })
  }

  for (const schema of ['', 'pg_ledger', 'x'.repeat(64), 'ü'.repeat(32), 'a\0b']) {
    it(`no schema for the ledger: ${JSON.stringify(schema.slice(0, 12))}`, async () => {
      const error = await failure(loadJson({database: {url, schema}}))
      assert.match(error.message, /database\.schema: expected/)
    })
  }

  it('targets is no key yet', async () => {
    const error = await failure(loadJson({database: {url, targets: []}}))
    assert.match(error.message, /database\.targets: expected one of url, .*, found an unknown key/)
  })
})
