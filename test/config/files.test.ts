import assert from 'node:assert/strict'
import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {readModule} from '../../src/config/file/read-module.ts'
import {failure, shown, withProject} from './project.ts'

const target = 'staging'
const js = `{target: '${target}'}`

const exportsOf = {
  'an object': js,
  'a function': `() => (${js})`,
  'an async function': `async () => (${js})`,
  'a promise of an object': `Promise.resolve(${js})`,
  'a promise of a function': `Promise.resolve(async () => (${js}))`,
}

const esm = (value: string) => `export default ${value}\n`
const cjs = (value: string) => `module.exports = ${value}\n`

const line3 = (text: string) => `// one\n// two\n${text}\n`

describe('a configuration file', () => {
  for (const [kind, value] of Object.entries(exportsOf)) {
    const cases: [name: string, packageType: string | undefined, text: string][] = [
      ['squizzle.config.js', 'module', esm(value)],
      ['squizzle.config.js', 'commonjs', cjs(value)],
      ['squizzle.config.js', undefined, cjs(value)],
      ['squizzle.config.mjs', 'commonjs', esm(value)],
      ['squizzle.config.cjs', 'module', cjs(value)],
      ['squizzle.config.ts', 'module', `const value: unknown = ${value}\nexport default value\n`],
      [
        'squizzle.config.ts',
        'commonjs',
        `const value: unknown = ${value}\nmodule.exports = value\n`,
      ],
    ]
    for (const [name, type, text] of cases) {
      it(`${name} of a package of type ${type} may export ${kind}`, () =>
        withProject(
          {[name]: text, 'package.json': JSON.stringify({type})},
          async ({load, folder}) => {
            const {settings} = await load()
            assert.equal(settings.target, target)
            assert.equal(settings.file, join(folder, name))
            assert.equal(settings.root, folder)
          },
        ))
    }
  }

  it('is read from JSON', () =>
    withProject({'squizzle.config.json': `\ufeff{"target": "${target}"}`}, async ({load}) => {
      assert.equal((await load()).settings.target, target)
    }))

  it('is read from YAML', () =>
    withProject({'squizzle.config.yaml': `# ours\ntarget: ${target}\n`}, async ({load}) => {
      assert.equal((await load()).settings.target, target)
    }))

  it('keeps a YAML no a text, as YAML 1.2 says', () =>
    withProject({'squizzle.config.yaml': 'target: no\nproject: off\n'}, async ({load}) => {
      const {settings} = await load()
      assert.deepEqual([settings.target, settings.project], ['no', 'off'])
    }))

  it('may be what a compiler makes of export default', () =>
    withProject(
      {'squizzle.config.cjs': `exports.__esModule = true\nexports.default = ${js}\n`},
      async ({load}) => {
        assert.equal((await load()).settings.target, target)
      },
    ))

  it('tells a function the environment: --env, else SQUIZZLE_ENV, else NODE_ENV', () =>
    withProject(
      {'squizzle.config.mjs': 'export default ({environment}) => ({project: environment})'},
      async ({load}) => {
        const env = {SQUIZZLE_ENV: 'two', NODE_ENV: 'three'}
        const project = async (options: Parameters<typeof load>[0]) =>
          (await load(options)).settings.project
        assert.equal(await project({env, flags: {env: 'one'}}), 'one')
        assert.equal(await project({env}), 'two')
        assert.equal(await project({env: {...env, SQUIZZLE_ENV: ''}}), 'three')
        assert.equal(await project({}), undefined)
      },
    ))

  for (const name of ['squizzle.config.mjs', 'squizzle.config.cjs', 'squizzle.config.ts']) {
    it(`is read anew each time: ${name}`, () =>
      withProject({}, async ({load, write}) => {
        const text = name.endsWith('.cjs') ? cjs : esm
        await write(name, text(`{target: 'one'}`))
        assert.equal((await load()).settings.target, 'one')
        await write(name, text(`{target: 'two'}`))
        assert.equal((await load()).settings.target, 'two')
      }))
  }
})

describe('finding the configuration file', () => {
  const file = {'squizzle.config.json': '{"target": "above"}'}

  it('looks in the parents up to the root of the repository', () =>
    withProject({...file, 'a/b/c.txt': ''}, async ({load, folder}) => {
      const {settings} = await load({cwd: 'a/b'})
      assert.equal(settings.target, 'above')
      assert.equal(settings.root, folder)
    }))

  it('takes the nearest', () =>
    withProject(
      {...file, 'a/squizzle.config.yaml': 'target: near', 'a/b/c': ''},
      async ({load}) => {
        assert.equal((await load({cwd: 'a/b'})).settings.target, 'near')
      },
    ))

  it('never looks above a repository, nor above a worktree', () =>
    withProject({...file, 'inner/.git': 'gitdir: elsewhere'}, async ({load, folder}) => {
      const {settings} = await load({cwd: 'inner'})
      assert.equal(settings.file, undefined)
      assert.equal(settings.root, join(folder, 'inner'))
    }))

  it('without a repository looks in the working folder alone', () =>
    withProject(
      {...file, 'a/squizzle.config.yaml': 'target: here', 'a/b/c': ''},
      async (project) => {
        await rm(join(project.folder, '.git'), {recursive: true})
        assert.equal((await project.load({cwd: 'a'})).settings.target, 'here')
        assert.equal((await project.load({cwd: 'a/b'})).settings.file, undefined)
      },
    ))

  it('passes over folders and files that only begin like it', () =>
    withProject(
      {
        'squizzle.config.js/index.js': 'throw new Error("loaded")',
        'squizzle.config.example.js': 'throw new Error("loaded")',
        'squizzle.config.js.bak': 'nothing',
      },
      async ({load}) => {
        assert.equal((await load()).settings.file, undefined)
      },
    ))

  it('refuses two files in one folder, naming both', () =>
    withProject({...file, 'squizzle.config.js': cjs(js)}, async ({load}) => {
      const error = await failure(load())
      assert.equal(error.code, 'CONFIG_INVALID')
      assert.match(error.message, /squizzle\.config\.js and squizzle\.config\.json/)
    }))

  it('refuses a file that would be passed over because of its ending', () =>
    withProject({'squizzle.config.yml': 'target: x'}, async ({load}) => {
      const error = await failure(load())
      assert.match(error.message, /squizzle\.config\.yml would not be read/)
      assert.match(error.hint ?? '', /\.yaml/)
    }))

  it('takes the file that --config names, else SQUIZZLE_CONFIG, relative to the working folder', () =>
    withProject(
      {...file, 'etc/one.yaml': 'target: one', 'etc/two.json': '{"target": "two"}'},
      async ({load, folder}) => {
        const env = {SQUIZZLE_CONFIG: 'two.json'}
        const byFlag = await load({cwd: 'etc', env, flags: {config: './one.yaml'}})
        assert.equal(byFlag.settings.target, 'one')
        assert.equal(byFlag.settings.root, join(folder, 'etc'))
        const byVariable = await load({cwd: 'etc', env})
        assert.equal(byVariable.settings.target, 'two')
        const origins = [byFlag, byVariable].map(
          ({values}) => values.find(({path}) => path === 'file')?.origin,
        )
        assert.deepEqual(origins, ['--config', 'SQUIZZLE_CONFIG'])
      },
    ))

  it('refuses a named file that is missing, a folder, or of another kind', () =>
    withProject({'etc/x.toml': ''}, async ({load}) => {
      const missing = await failure(load({flags: {config: 'nowhere.json'}}))
      assert.equal(missing.code, 'USAGE')
      assert.match(missing.message, /nowhere\.json does not exist/)
      const folder = await failure(load({env: {SQUIZZLE_CONFIG: 'etc'}}))
      assert.equal(folder.code, 'CONFIG_INVALID')
      assert.match(folder.message, /etc is not a file/)
      const kind = await failure(load({flags: {config: 'etc/x.toml'}}))
      assert.match(kind.hint ?? '', /\.yaml/)
    }))

  it('refuses an empty --config, and takes an empty SQUIZZLE_CONFIG for unset', () =>
    withProject(file, async ({load}) => {
      assert.match((await failure(load({flags: {config: ''}}))).message, /--config has no value/)
      assert.equal((await load({env: {SQUIZZLE_CONFIG: ' '}})).settings.target, 'above')
    }))
})

describe('a configuration file that cannot be read', () => {
  const canary = 'CANARYhunter2CANARY'
  const cases: Record<
    string,
    [file: string, type: string | undefined, text: string, says: RegExp]
  > = {
    'a syntax error of an ES module': [
      'js',
      'module',
      line3(`export default {password: "x" ${canary}}`),
      /js:3:\d+: syntax error|js:3: syntax error/,
    ],
    'a syntax error of .mjs': [
      'mjs',
      undefined,
      line3(`export default {password: '${canary}}`),
      /mjs:3: syntax error/,
    ],
    'a syntax error of CommonJS': [
      'cjs',
      'module',
      line3(`module.exports = {password: x ${canary}}`),
      /cjs:3: syntax error/,
    ],
    'a syntax error of TypeScript': [
      'ts',
      'module',
      line3(`export default {password: x ${canary}}`),
      /ts:3: syntax error/,
    ],
    'TypeScript that is more than types': [
      'ts',
      'module',
      line3(`enum ${canary} {A}`),
      /ts:3: syntax error \(typescript enum/,
    ],
    'a throw': [
      'js',
      'module',
      line3('throw new Error("no VAULT_ADDR here")'),
      /js:3:7: it failed with Error: no VAULT_ADDR here/,
    ],
    'a throw of CommonJS': [
      'cjs',
      undefined,
      line3('throw new TypeError("gone")'),
      /cjs:3:7: it failed with TypeError: gone/,
    ],
    'a throw in a function': [
      'mjs',
      undefined,
      line3('export default () => { throw new Error("inside") }'),
      /mjs:3:30: it failed with Error: inside/,
    ],
    'a rejected promise': [
      'mjs',
      undefined,
      line3('export default Promise.reject(new Error("late"))'),
      /mjs:3:\d+: it failed with Error: late/,
    ],
    'a throw with a URL in it': [
      'mjs',
      undefined,
      line3(`throw new Error("no: postgres://app:${canary}@db/shop")`),
      /postgres:\/\/app:\*\*\*@db\/shop/,
    ],
    'JSON.parse of a secret': [
      'mjs',
      undefined,
      line3(`JSON.parse("${canary}")`),
      /mjs:3:6: syntax error \(unexpected token\)/,
    ],
    'a throw of a text': [
      'mjs',
      undefined,
      line3(`throw "${canary}"`),
      /it threw something that is not an Error/,
    ],
    'a missing import': ['mjs', undefined, 'import "./nowhere.mjs"', /Cannot find module/],
    'JSON with a comment': [
      'json',
      undefined,
      `{\n  "project": "x",\n  // ${canary}\n}`,
      /json:3:3: not valid JSON/,
    ],
    'JSON with a bare word': [
      'json',
      undefined,
      `{"project":\n  ${canary}}`,
      /json:2:3: not valid JSON/,
    ],
    'JSON with a comma too many': [
      'json',
      undefined,
      `{"project": "${canary}",\n}`,
      /json:2:1: not valid JSON/,
    ],
    'JSON that ends early': [
      'json',
      undefined,
      `{"project": "${canary}"`,
      /json:1:\d+: not valid JSON/,
    ],
    'an empty JSON file': ['json', undefined, '', /json:1:1: not valid JSON/],
    'YAML with a key twice': [
      'yaml',
      undefined,
      `project: a\nproject: ${canary}\n`,
      /yaml:2:1: not valid YAML \(duplicate key\)/,
    ],
    'YAML with a wrong indent': [
      'yaml',
      undefined,
      `database:\n  url: ${canary}\n bad: 1\n`,
      /yaml:3:\d+: not valid YAML/,
    ],
    'YAML with an unknown tag': [
      'yaml',
      undefined,
      `project: !secret ${canary}\n`,
      /yaml:1:\d+: not valid YAML \(tag resolve failed\)/,
    ],
    'YAML with an unknown alias': ['yaml', undefined, `project: *${canary}\n`, /not valid YAML/],
    'two YAML documents': [
      'yaml',
      undefined,
      `a: 1\n---\nb: ${canary}\n`,
      /yaml:\d+:\d+: not valid YAML \(multiple docs\)/,
    ],
  }
  for (const [name, [ending, type, text, says]] of Object.entries(cases)) {
    it(`names file and line, and nothing that it holds: ${name}`, () =>
      withProject(
        {[`squizzle.config.${ending}`]: text, 'package.json': JSON.stringify({type})},
        async ({load}) => {
          const error = await failure(load())
          assert.equal(error.code, 'CONFIG_INVALID')
          assert.match(error.message, says)
          assert.match(error.message, /^squizzle\.config\./)
          assert.ok(!shown(error).includes('CANARY'), shown(error))
        },
      ))
  }

  const hints: Record<string, [file: string, type: string, text: string, hint: RegExp]> = {
    'module.exports in an ES module package': ['js', 'module', cjs(js), /rename the file to \.cjs/],
    'require in an ES module package': [
      'js',
      'module',
      'require("node:fs")',
      /rename the file to \.cjs/,
    ],
    'export default in a CommonJS package': ['js', 'commonjs', esm(js), /rename the file to \.mjs/],
    'import in a CommonJS package': [
      'js',
      'commonjs',
      'import "node:fs"',
      /rename the file to \.mjs/,
    ],
    'module.exports in a TypeScript ES module': ['ts', 'module', cjs(js), /export default/],
    'no default export': ['mjs', 'module', 'export const project = "x"', /export default/],
  }
  for (const [name, [ending, type, text, hint]] of Object.entries(hints)) {
    it(`says what to do: ${name}`, () =>
      withProject(
        {[`squizzle.config.${ending}`]: text, 'package.json': JSON.stringify({type})},
        async ({load}) => {
          const error = await failure(load())
          assert.equal(error.code, 'CONFIG_INVALID')
          assert.match(error.hint ?? '', hint)
        },
      ))
  }

  it('says so when a promise never settles, and does not end in silence', () =>
    withProject(
      {'squizzle.config.mjs': 'export default () => new Promise(() => {})'},
      async ({folder}) => {
        const context = {label: 'squizzle.config.mjs', environment: undefined, redact: String}
        const work = readModule(join(folder, 'squizzle.config.mjs'), context, 50)
        const error = await failure(work)
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(error.message, /did not return a configuration within 0\.05 s/)
      },
    ))

  it('says so when JSON or YAML is not UTF-8', () =>
    withProject({}, async ({load, folder}) => {
      await writeFile(join(folder, 'squizzle.config.yaml'), Buffer.from([0x70, 0x3a, 0x20, 0xff]))
      assert.match((await failure(load())).message, /squizzle\.config\.yaml is not UTF-8/)
    }))

  it('takes the secrets of variables out of what the file throws', () =>
    withProject(
      {'squizzle.config.mjs': `throw new Error('token ${canary} refused')`},
      async ({load}) => {
        const error = await failure(load({env: {VAULT_TOKEN: canary}}))
        assert.match(error.message, /token \*\*\* refused/)
      },
    ))
})
