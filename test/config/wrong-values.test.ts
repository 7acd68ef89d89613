import assert from 'node:assert/strict'
import {failure, loadJson, shown, withProject} from './project.ts'

const long = 'x'.repeat(100_000)

const wrong: Record<string, unknown> = {
  null: null,
  'a number': 5,
  'a boolean': true,
  'a list': [],
  'a list of objects': [{}],
  'an object': {x: 1},
  'an empty text': '',
  'a very long text': long,
  __proto__: JSON.parse('{"__proto__": {"polluted": true}}'),
}

/** Every key of a file, with the kinds of values above that are right for it, or count as absent. */
const keys: Record<string, readonly string[]> = {
  project: [],
  migrations: [],
  'migrations.path': [],
  'migrations.format': [],
  database: [],
  'database.url': ['an empty text'],
  'database.directUrl': ['an empty text'],
  'database.schema': [],
  'database.searchPath': [],
  'database.transaction': [],
  'database.lockTimeout': [],
  'database.statementTimeout': [],
  'database.waitLock': ['a number'],
  storage: [],
  'storage.type': [],
  'storage.config': [],
  'storage.config.registry': [],
  'storage.config.repository': [],
  'storage.config.auth': [],
  'storage.config.auth.username': ['an empty text', 'a very long text'],
  'storage.config.auth.password': ['an empty text', 'a very long text'],
  'storage.config.plainHttp': ['a boolean'],
  'storage.config.latest': ['a boolean'],
  target: [],
  environments: [],
  'environments.production': [],
  'environments.production.target': [],
  'environments.production.database.url': ['an empty text'],
}

const right = {
  project: 'shop',
  migrations: {path: './db/migrations', format: 'plain'},
  database: {url: 'postgres://db/shop'},
  storage: {
    type: 'oci',
    config: {registry: 'ghcr.io', repository: 'a/b', auth: {username: 'u', password: 'p'}},
  },
  target: 'latest',
  environments: {production: {target: 'production', database: {}}},
}

/** The configuration with another value at a path; own keys only, whatever they are called. */
function withValue(tree: object, path: readonly string[], value: unknown): object {
  const [key = '', ...rest] = path
  const below: unknown = (tree as Record<string, unknown>)[key]
  const inner =
    rest.length === 0
      ? value
      : withValue(typeof below === 'object' && below !== null ? below : {}, rest, value)
  return Object.fromEntries([...Object.entries(tree), [key, inner]])
}

describe('a wrong value', () => {
  for (const [path, allowed] of Object.entries(keys)) {
    for (const [kind, value] of Object.entries(wrong)) {
      const config = withValue(right, path.split('.'), value)
      const options = {env: {SQUIZZLE_ENV: 'production'}}
      if (allowed.includes(kind)) {
        it(`${path} may be ${kind}`, async () => {
          assert.equal((await loadJson(config, options)).settings.project, 'shop')
        })
        continue
      }
      it(`${path} is ${kind}: refused, naming it`, async () => {
        const error = await failure(loadJson(config, options))
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.ok(error.message.includes(path), error.message)
        assert.match(error.message, /: expected .+, found .+/)
        assert.ok(error.message.length < 1000, `${error.message.length} characters`)
        assert.equal(Reflect.get({}, 'polluted'), undefined)
      })
    }
  }

  it('all of a file are told at once', async () => {
    const error = await failure(
      loadJson({projct: 'x', database: {lockTimeout: 5, transaction: 'releases'}, target: []}),
    )
    const paths = (error.details['problems'] as {path: string}[]).map(({path}) => path)
    const all = ['projct', 'database.transaction', 'database.lockTimeout', 'target']
    assert.deepEqual(paths.toSorted(), all.toSorted())
    for (const path of all) assert.ok(error.message.includes(path))
  })

  it('a list of schemas is checked item by item', async () => {
    const database = {url: 'postgres://db/x', searchPath: ['a', 5, '']}
    const error = await failure(loadJson({database}))
    assert.match(error.message, /database\.searchPath\.1: expected a string, found the number 5/)
    assert.match(error.message, /database\.searchPath\.2: expected a PostgreSQL name/)
  })

  for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '']) {
    it(`a key ${JSON.stringify(key)} is refused at every level`, async () => {
      for (const path of [
        [],
        ['database'],
        ['storage', 'config'],
        ['environments', 'production'],
      ]) {
        const error = await failure(loadJson(withValue(right, [...path, key], {polluted: true})))
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.equal(Reflect.get({}, 'polluted'), undefined)
      }
    })
  }

  it('a key in YAML that reaches the prototype is refused', () =>
    withProject({'squizzle.config.yaml': '__proto__:\n  polluted: true\n'}, async ({load}) => {
      assert.match((await failure(load())).message, /__proto__/)
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    }))

  const exported: Record<string, [text: string, says: RegExp]> = {
    nothing: ['undefined', /expected an object, found nothing/],
    null: ['null', /expected an object, found null/],
    'a list': ['[]', /expected an object, found an empty list/],
    'a text': ['"x"', /expected an object, found "x"|expected an object, found a string/],
    'a function that returns a function': [
      '() => () => ({})',
      /expected an object, found a function/,
    ],
    'a class instance': ['new Map()', /expected an object, found an instance of Map/],
    'an object with a prototype of its own': [
      '{__proto__: {project: "x"}}',
      /expected an object, found an object/,
    ],
    'a date inside': [
      '{project: new Date()}',
      /project: expected plain data, found an instance of Date/,
    ],
    'a function inside': ['{project: () => "x"}', /project: expected a string, found a function/],
    'a symbol inside': ['{project: Symbol("x")}', /project: expected a string, found a symbol/],
    'a big number inside': [
      '{database: {waitLock: 5n}}',
      /database\.waitLock: expected a number of seconds, found a bigint/,
    ],
    'not a number': [
      '{database: {waitLock: NaN}}',
      /database\.waitLock: expected a number of seconds, found the number NaN/,
    ],
    'a getter that throws': [
      '{get project() { throw new Error("no") }}',
      /it failed with Error: no/,
    ],
    'an object that contains itself': [
      '(() => { const a = {}; a.storage = {type: "local", config: a}; return a })()',
      /at most 12 levels/,
    ],
  }
  for (const [name, [text, says]] of Object.entries(exported)) {
    it(`a module exports ${name}: refused`, () =>
      withProject({'squizzle.config.mjs': `export default ${text}`}, async ({load}) => {
        const error = await failure(load())
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.message, says)
      }))
  }

  it('an empty YAML file is refused, not taken for an empty configuration', () =>
    withProject({'squizzle.config.yaml': '# nothing yet\n'}, async ({load}) => {
      assert.match((await failure(load())).message, /expected an object, found null/)
    }))

  it('a bomb of YAML aliases is refused', () => {
    const lines = Array.from(
      {length: 12},
      (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`,
    )
    const text = `a0: &a0 [x]\n${lines.join('\n')}\n`
    return withProject({'squizzle.config.yaml': text}, async ({load}) => {
      const error = await failure(load())
      assert.match(error.message, /too many aliases/)
    })
  })

  it('a name made for a terminal is shown without its escape sequences', async () => {
    const error = await failure(loadJson({'pro\u001b[31mject\u202e': 1}))
    for (const trace of ['\u001b', '\u202e', '\\u']) assert.ok(!shown(error).includes(trace))
    assert.match(error.message, /project: expected/)
  })
})
