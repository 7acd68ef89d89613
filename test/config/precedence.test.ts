import assert from 'node:assert/strict'
import {join} from 'node:path'
import type {ConfigFlags} from '../../src/config/inputs.ts'
import type {LoadedConfig} from '../../src/config/settings.ts'
import {type Env, loadJson, withProject} from './project.ts'

/** A value that more than one source can give, and how each of them gives it. */
interface Overridable {
  readonly path: string
  readonly file: object
  readonly environment: object
  readonly variable?: Env
  readonly flag?: ConfigFlags
  /** What the value then is: from the default, the file, the environment, the variable, the flag. */
  readonly values: readonly unknown[]
  /** What must stand in the file besides, for the sources above it to make sense. */
  readonly beside?: object
}

const storage = (config: object) => ({storage: {type: 'oci', config}})
const database = (values: object) => ({database: values})
const url = 'postgres://db/shop'

const overridables: readonly Overridable[] = [
  {
    path: 'project',
    file: {project: 'f'},
    environment: {project: 'e'},
    values: [undefined, 'f', 'e'],
  },
  {path: 'target', file: {target: 'f'}, environment: {target: 'e'}, values: [undefined, 'f', 'e']},
  {
    path: 'migrations.path',
    file: {migrations: '/f'},
    environment: {migrations: {path: '/e'}},
    values: [undefined, '/f', '/e'],
  },
  {
    path: 'migrations.format',
    file: {migrations: {format: 'f'}},
    environment: {migrations: {format: 'e'}},
    values: [undefined, 'f', 'e'],
  },
  {
    path: 'storage.type',
    file: {storage: {type: 's3', config: {bucket: 'f'}}},
    environment: storage({registry: 'e.io', repository: 'e'}),
    variable: {SQUIZZLE_REGISTRY: 'v.io/v'},
    flag: {storage: 'file:/flag'},
    values: ['local', 's3', 'oci', 'oci', 'local'],
  },
  {
    path: 'storage.config.registry',
    file: storage({registry: 'f.io', repository: 'r'}),
    environment: storage({registry: 'e.io'}),
    variable: {SQUIZZLE_REGISTRY: 'v.io'},
    flag: {registry: 'flag.io'},
    values: [undefined, 'f.io', 'e.io', 'v.io', 'flag.io'],
  },
  {
    path: 'storage.config.repository',
    file: storage({registry: 'f.io', repository: 'f'}),
    environment: {storage: {config: {repository: 'e'}}},
    variable: {SQUIZZLE_REGISTRY: 'v.io/v'},
    flag: {storage: 'oci://flag.io/flag/deep'},
    values: [undefined, 'f', 'e', 'v', 'flag/deep'],
  },
  {
    path: 'database.url',
    file: database({url: 'postgres://f/f'}),
    environment: database({url: 'postgres://e/e'}),
    variable: {DATABASE_URL: 'postgres://v/v'},
    values: [undefined, 'postgres://f/f', 'postgres://e/e', 'postgres://v/v'],
  },
  {
    path: 'database.directUrl',
    file: database({directUrl: 'postgres://f/f'}),
    environment: database({directUrl: 'postgres://e/e'}),
    values: [undefined, 'postgres://f/f', 'postgres://e/e'],
    beside: database({url}),
  },
  {
    path: 'database.schema',
    file: database({schema: 'f'}),
    environment: database({schema: 'e'}),
    values: ['squizzle', 'f', 'e'],
    beside: database({url}),
  },
  {
    path: 'database.searchPath',
    file: database({searchPath: ['f', 'public']}),
    environment: database({searchPath: ['e']}),
    values: [undefined, ['f', 'public'], ['e']],
    beside: database({url}),
  },
  {
    path: 'database.transaction',
    file: database({transaction: 'migration'}),
    environment: database({transaction: 'release'}),
    values: ['release', 'migration', 'release'],
    beside: database({url}),
  },
  {
    path: 'database.lockTimeout',
    file: database({lockTimeout: '1s'}),
    environment: database({lockTimeout: '2min'}),
    values: ['5s', '1s', '2min'],
    beside: database({url}),
  },
  {
    path: 'database.statementTimeout',
    file: database({statementTimeout: '1s'}),
    environment: database({statementTimeout: '500ms'}),
    values: [undefined, '1s', '500ms'],
    beside: database({url}),
  },
  {
    path: 'database.waitLock',
    file: database({waitLock: 0}),
    environment: database({waitLock: 2.5}),
    values: [60, 0, 2.5],
    beside: database({url}),
  },
]

function merge(a: object, b: object): object {
  const [left, right] = [a as {database?: object}, b as {database?: object}]
  return {
    ...a,
    ...b,
    ...((left.database ?? right.database) && {database: {...left.database, ...right.database}}),
  }
}

function valueOf(loaded: LoadedConfig, path: string): unknown {
  return loaded.values.find((value) => value.path === path)?.value
}

describe('precedence: flag, variable, environment, file, default', () => {
  for (const {path, file, environment, variable, flag, values, beside = {}} of overridables) {
    const origins = [
      'default',
      'squizzle.config.json',
      'environments.e in squizzle.config.json',
      Object.keys(variable ?? {})[0],
      `--${Object.keys(flag ?? {})[0]}`,
    ]
    const sources = ['the default', 'the file', 'the environment', 'the variable', 'the flag']
    for (const [highest, value] of values.entries()) {
      // Every set of weaker sources below the strongest one: none of them may show through.
      for (let weaker = 0; weaker < 2 ** Math.max(0, highest - 1); weaker += 1) {
        const has = (source: number) =>
          source === highest || (source < highest && ((weaker >> (source - 1)) & 1) === 1)
        const below = sources.slice(1, highest).filter((_, index) => has(index + 1))
        const over = below.length === 0 ? '' : ` over ${below.join(' and ')}`
        it(`${path} is that of ${sources[highest]}${over}`, async () => {
          // With the file's own value absent, what the others build on must still be there.
          const foundation =
            path.startsWith('storage.config') && !has(1) && highest > 0
              ? storage({registry: 'x.io', repository: 'x'})
              : {}
          const config = {
            ...merge(merge(foundation, beside), has(1) ? file : {}),
            environments: {e: has(2) ? environment : {}},
          }
          const loaded = await loadJson(config, {
            env: {...(has(3) && variable), SQUIZZLE_ENV: 'e'},
            flags: has(4) && flag ? flag : {},
          })
          const expected =
            path === 'migrations.path' && value === undefined
              ? join(loaded.settings.root, 'db/migrations')
              : value
          assert.deepEqual(valueOf(loaded, path), expected)
          if (expected === undefined) return
          const found = loaded.values.find((it) => it.path === path)
          assert.equal(found?.origin, origins[highest])
        })
      }
    }
  }

  it('an empty variable counts as unset', async () => {
    const env = {
      DATABASE_URL: '',
      SQUIZZLE_REGISTRY: ' ',
      SQUIZZLE_ENV: '',
      SQUIZZLE_CACHE_DIR: '\n',
    }
    const {settings} = await loadJson({database: {url}}, {env})
    assert.equal(settings.database?.url, url)
    assert.equal(settings.storage.type, 'local')
    assert.equal(settings.environment, undefined)
    assert.equal(settings.workspaceDir, join(settings.root, '.squizzle'))
  })

  it('SQUIZZLE_CACHE_DIR is relative to the working folder', () =>
    withProject({'squizzle.config.json': '{}', 'a/b': ''}, async ({load, folder}) => {
      const {settings, values} = await load({cwd: 'a', env: {SQUIZZLE_CACHE_DIR: 'cache'}})
      assert.equal(settings.workspaceDir, join(folder, 'a/cache'))
      const origin = values.find(({path}) => path === 'workspaceDir')?.origin
      assert.equal(origin, 'SQUIZZLE_CACHE_DIR')
    }))
})
