import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {Client} from 'pg'
import {withTestDatabase} from '../support/database.ts'
import {run} from '../support/run.ts'
import {describeWith, service} from '../support/services.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const example = join(root, 'examples/plugin-storage-sftp')
const modules = join(root, 'node_modules')

describeWith(['sftp', 'postgres15'], 'squizzle as it is installed', function () {
  let folder: string
  /** Beside the home and not above it: a plugin there must not find squizzle by walking up. */
  let installed: string
  let npm: Readonly<Record<string, string>>

  before(async function () {
    this.timeout(180_000)
    folder = await mkdtemp(join(tmpdir(), 'squizzle-packed-'))
    installed = join(folder, 'installed')
    await mkdir(installed)
    const ofMachine = async (name: string) =>
      (await must('npm', ['config', 'get', name], {})).trim()
    npm = {
      // what this machine has fetched before, and from where; all else of npm's is in the clean home
      npm_config_cache: await ofMachine('cache'),
      npm_config_registry: await ofMachine('registry'),
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
    }
    const {file} = await pack(root)
    await must('npm', ['install', '--prefix', installed, '--no-save', join(folder, file)], npm)
  })

  after(() => rm(folder, {recursive: true, force: true}))

  it('gives its types to a program', async () => {
    await writeFile(join(installed, 'consumer.mts'), consumer)
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const world = ['--typeRoots', join(modules, '@types'), '--types', 'node']
    const form = ['--module', 'nodenext', '--target', 'es2024', '--noEmit', '--ignoreConfig']
    const tsc = (file: string) =>
      run(join(modules, '.bin/tsc'), [...strict, ...world, ...form, join(installed, file)])
    assert.deepEqual(await tsc('consumer.mts'), {exitCode: 0, stdout: '', stderr: ''})
    await writeFile(join(installed, 'wrong.mts'), consumer.replace("type: 'shelf'", 'type: 1'))
    assert.match((await tsc('wrong.mts')).stdout, /wrong\.mts.*Type 'number' is not assignable/)
  }).timeout(180_000)

  it('works with a plugin from its packed file, in a clean home', () =>
    withTestDatabase('postgres15', async (database) => {
      const source = join(installed, 'plugin')
      await cp(example, source, {
        recursive: true,
        filter: (path) => !/\/(dist|node_modules)$/.test(path),
      })
      // as `npm install` would leave it, but for squizzle: that is found in the folder above
      await symlink(modules, join(source, 'node_modules'))
      const {file} = await pack(source)

      const project = join(folder, 'project')
      await cp(join(root, 'examples/shop/db'), join(project, 'db'), {recursive: true})
      const {host, port, user, fingerprint, privateKey, folder: parent} = service('sftp')
      const at = join(parent, 'packed')
      const storage = {
        type: 'sftp',
        config: {host, port, user, fingerprint, privateKey, folder: at},
      }
      const config = {project: 'shop', database: {url: database}, storage}
      await writeFile(join(project, 'squizzle.config.json'), JSON.stringify(config))

      const home = join(folder, 'home')
      const squizzle = (...args: string[]) =>
        must(join(installed, 'node_modules/.bin/squizzle'), args, {...npm, HOME: home}, project)
      await squizzle('plugins', 'install', join(folder, file))
      assert.match(await squizzle('plugins'), /squizzle-plugin-sftp 1\.0\.0/)
      await squizzle('build', '1.0.0')
      await squizzle('push', '1.0.0', '--tag', 'staging')
      assert.deepEqual((await readdir(join(at, 'tags'))).toSorted(), ['1.0.0', 'latest', 'staging'])
      assert.match(await squizzle('list'), /^1\.0\.0 .*cached\n\nTags: latest, staging/m)
      await rm(join(project, '.squizzle'), {recursive: true})
      await squizzle('pull', 'staging')
      await squizzle('apply', 'staging')
      const client = new Client({connectionString: database})
      await client.connect()
      const {rows} = await client.query('SELECT version, state FROM squizzle.releases')
      await client.end()
      assert.deepEqual(rows, [{version: '1.0.0', state: 'applied'}])
      await squizzle('plugins', 'uninstall', 'squizzle-plugin-sftp')
      assert.match(await squizzle('plugins'), /No plugins installed/)
    })).timeout(180_000)

  async function pack(source: string): Promise<{readonly file: string}> {
    const args = ['pack', '--silent', '--pack-destination', folder]
    const said = await must('npm', args, npm, source)
    return {file: basename(said.trim().split('\n').at(-1) ?? '')}
  }
})

/** Milliseconds after which npm is taken to wait for a registry that will never answer. */
const patience = 120_000

/** What a program prints that must succeed. */
async function must(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(XDG_|SQUIZZLE_|OCI_)/.test(name))
  const surroundings = {...Object.fromEntries(own), CI: '', DATABASE_URL: '', ...env}
  const options = {env: surroundings, timeout: patience, ...(cwd !== undefined && {cwd})}
  const {stdout} = await promisify(execFile)(command, args, options)
  return stdout
}

const consumer = `
import {
  apiVersion, defineConfig, defineStorage, isSquizzleError, memoryStore, objectStorage, SquizzleError,
  type Config, type ErrorCode, type ObjectStore, type Storage, type StorageHook,
} from 'squizzle'
import {behindStorage, storageContract, visitStorage, type OpenStorage} from 'squizzle/storage-contract'
import * as v from 'valibot'

export const config: Config = defineConfig({project: 'shop', storage: {type: 'shelf', config: {}}})
const store: ObjectStore = memoryStore()
const storage: Storage = objectStorage(store, {url: 'shelf:'})
const hook: StorageHook = ({apiVersion: version}) =>
  version === apiVersion
    ? [defineStorage({
        apiVersion: 1,
        type: 'shelf',
        configSchema: v.strictObject({board: v.optional(v.number(), 1)}),
        open: async ({board}, {root}) => {
          const next: number = board + 1
          if (next > 3) throw new SquizzleError('NOT_WRITABLE', root, {hint: 'no'})
          return storage
        },
      })]
    : []
export default hook
const open: OpenStorage = async () => ({storage, ...behindStorage(store)})
storageContract({name: 'shelf', open, atomicTags: true})
visitStorage(() => storage)
export const codeOf = (error: unknown): ErrorCode | undefined =>
  isSquizzleError(error) ? error.code : undefined
export async function tagsOf(from: Storage): Promise<string[]> {
  const tags: string[] = []
  for await (const tag of from.tags({timeout: 1000})) tags.push(tag)
  return tags
}
`
