import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {shelfHook, withPluginHome, type PluginHome} from './plugin-home.ts'

const migrations = {'db/migrations/0001_one.sql': 'CREATE TABLE one (id int);\n'}
const onShelf = {'squizzle.config.json': config({type: 'shelf', config: {file: 'shelf.json'}})}
const onDisk = {'squizzle.config.json': config({type: 'local', config: {path: 'artifacts'}})}

describe('a storage plugin', () => {
  it('is a storage like any other, in the configuration and as a URL', () =>
    withPluginHome(async ({link, write, ok, folder}) => {
      await link('squizzle-plugin-shelf', shelfHook())
      assert.match(await ok('plugins'), /squizzle-plugin-shelf 1\.0\.0 \(link\)/)
      await write({...migrations, ...onShelf})
      await ok('build 1.0.0')
      assert.match(await ok('push 1.0.0'), /shelf:.*shelf\.json:1\.0\.0/)
      assert.match(await ok('list'), /1\.0\.0/)
      await ok(`push 1.0.0 --storage shelf:${join(folder, 'other.json')}`)
      const stored = JSON.parse(await readFile(join(folder, 'other.json'), 'utf8')) as object
      assert.ok('tags/1.0.0' in stored)
      await ok('cache clear --force')
      await ok('pull 1.0.0')
    }))

  it('has its configuration checked by its schema, and its secrets kept', () =>
    withPluginHome(async ({link, write, run}) => {
      await link('squizzle-plugin-shelf', shelfHook())
      const storage = {type: 'shelf', config: {file: '', fil: 'x', key: 'CANARY'}}
      await write({'squizzle.config.json': config(storage)})
      const {exitCode, stderr} = await run('list')
      assert.equal(exitCode, 2)
      assert.match(stderr, /storage\.config\.fil: .*did you mean "file"/)
      assert.match(stderr, /storage\.config\.file: expected a file, found an empty string/)
      await write(onShelf)
      await write({
        'squizzle.config.json': config({type: 'shelf', config: {file: 'a', key: 'CANARY'}}),
      })
      const shown = await run('config show')
      assert.match(shown.stdout, /storage\.config\.key +\*\*\*/)
      assert.doesNotMatch(shown.stdout, /CANARY/)
    }))

  it('that is not installed is named as an unknown kind', () =>
    withPluginHome(async ({write, run}) => {
      await write(onShelf)
      const {exitCode, stderr} = await run('list')
      assert.equal(exitCode, 2)
      assert.match(stderr, /storage\.type.*expected one of oci, s3, local, found "shelf"/)
    }))
})

describe('a storage plugin that fails', () => {
  const failing: readonly (readonly [title: string, hook: string, reason: RegExp])[] = [
    ['does not load', 'import "nothing-of-this-name"', /nothing-of-this-name/],
    ['throws in its hook', 'export default () => {throw new Error("no luck")}', /no luck/],
    [
      'asks oclif to end',
      'export default function () {this.error("no luck", {exit: 9})}',
      /no luck/,
    ],
    ['returns no list', 'export default () => ({})', /returned no list of storages/],
    ['exports no function', 'export const x = 1', /exports no function/],
    ['offers no storage', 'export default () => [1]', /it is not an object/],
  ]
  for (const [title, hook, reason] of failing) {
    it(`because it ${title} is named, and only who needs it fails`, () =>
      withPluginHome(async ({link, write, run}) => {
        await link('squizzle-plugin-broken', hook)
        await write({...migrations, ...onDisk})
        const other = await run('list')
        assert.equal(other.exitCode, 0, other.stderr)
        assert.match(other.stderr, /^Warning: .*squizzle-plugin-broken/)
        assert.match(other.stderr, reason)
        await write(onShelf)
        await assertPluginFailed(run, 'list', /squizzle-plugin-broken/, reason)
        await assertPluginFailed(run, 'list --storage shelf:x', /squizzle-plugin-broken/, reason)
      })).timeout(180_000)
  }

  it('because it never answers, or never even loads, is named and not waited for', () =>
    withPluginHome(async ({link, write, run}) => {
      await link('squizzle-plugin-mute', 'export default () => new Promise(() => {})')
      await link('squizzle-plugin-stuck', 'await new Promise(() => {})')
      await link('squizzle-plugin-shelf', shelfHook())
      await write(onShelf)
      const {exitCode, stderr} = await run('list')
      assert.equal(exitCode, 0, stderr)
      for (const name of ['mute', 'stuck']) {
        const said = `plugin squizzle-plugin-${name} failed in its hook squizzle:storage: nothing was heard`
        assert.ok(stderr.includes(said), stderr)
      }
    })).timeout(180_000)

  const opening: readonly (readonly [title: string, open: string, reason: RegExp])[] = [
    ['throws while it is opened', 'throw new Error("no luck")', /to open its storage: no luck/],
    ['opens nothing', 'return undefined', /open returned no storage/],
    ['opens something else', 'return {url: "x"}', /no method reference/],
    [
      'throws in a method',
      'return {...objectStorage(shelf(file), {url: file}), async *tags() {throw new TypeError("no luck")}}',
      /failed in tags: no luck/,
    ],
    [
      'returns garbage',
      'return {...objectStorage(shelf(file), {url: file}), tags: async function* () {yield "1.0.0"}, resolve: async () => ({digest: 1})}',
      /resolve returned something that is no descriptor/,
    ],
  ]
  for (const [title, open, reason] of opening) {
    it(`because it ${title} is named`, () =>
      withPluginHome(async ({link, write, run, ok}) => {
        await link('squizzle-plugin-shelf', shelfHook({open}))
        await write({...migrations, ...onShelf})
        await assertPluginFailed(run, 'list', /squizzle-plugin-shelf/, reason)
        await ok('build 1.0.0 --offline --storage file:./elsewhere')
      }))
  }

  it('because it is made for another squizzle says so', () =>
    withPluginHome(async ({link, write, run}) => {
      await link('squizzle-plugin-shelf', shelfHook({apiVersion: 2}))
      await write(onDisk)
      const reason = /shelf is made for version 2 of the storage interface, this is 1/
      const {exitCode, stderr} = await run('list')
      assert.equal(exitCode, 0)
      assert.match(stderr, reason)
      await write(onShelf)
      await assertPluginFailed(run, 'list', /squizzle-plugin-shelf/, reason)
    }))
})

describe('two storage plugins with one type', () => {
  it('are both refused by name, and everything else works', () =>
    withPluginHome(async ({link, write, run}) => {
      await link('squizzle-plugin-one', shelfHook())
      await link('squizzle-plugin-two', shelfHook())
      await write(onShelf)
      const claim = /shelf is claimed by squizzle-plugin-one and by squizzle-plugin-two/
      await assertPluginFailed(run, 'list', claim)
      await assertPluginFailed(run, 'list --storage shelf:x', claim)
      await write(onDisk)
      assert.equal((await run('list')).exitCode, 0)
    }))

  it('are refused where one of them is built in', () =>
    withPluginHome(async ({link, write, run}) => {
      await link('squizzle-plugin-one', shelfHook({type: 'local'}))
      await write(onDisk)
      const claim = /local is claimed by squizzle and by squizzle-plugin-one/
      await assertPluginFailed(run, 'list', claim)
    }))
})

describe('squizzle plugins', () => {
  it('installs a package by any path to its file, and removes it again', () =>
    withPluginHome(async ({plugin, run, ok, folder}) => {
      const source = await plugin('squizzle-plugin-shelf', shelfHook())
      execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {cwd: source})
      const file = 'squizzle-plugin-shelf-1.0.0.tgz'
      for (const path of [file, `./${file}`, `file:./${file}`, join(folder, file)]) {
        await ok(`plugins install ${path}`)
        assert.match(await ok('plugins'), /squizzle-plugin-shelf 1\.0\.0/)
        await ok('plugins uninstall squizzle-plugin-shelf')
        assert.match(await ok('plugins'), /No plugins installed/)
      }
      const {exitCode, stderr} = await run('plugins inspect squizzle-plugin-shelf')
      assert.equal(exitCode, 2)
      assert.match(stderr, /^Error: squizzle-plugin-shelf not installed\n/m)
    })).timeout(120_000)

  it('says so where there is nothing to install or to link', () =>
    withPluginHome(async ({run, write, folder}) => {
      await write({'broken.tgz': 'no archive'})
      const nowhere: Record<string, RegExp> = {
        'install ./nothing.tgz': /^Error: there is no .*\/nothing\.tgz\nA plugin is a package/,
        'install nothing.tgz': /^Error: there is no .*\/nothing\.tgz\n/,
        [`link ${folder}`]: /^Error: there is no .*\/package\.json\n/,
        'install broken.tgz': /^Error: npm could not install the plugin\nWhat npm said/m,
      }
      for (const [args, said] of Object.entries(nowhere)) {
        const {exitCode, stderr} = await run(`plugins ${args}`)
        assert.equal(exitCode, 2, stderr)
        assert.match(stderr, said)
      }
    })).timeout(180_000)
})

async function assertPluginFailed(run: PluginHome['run'], args: string, ...said: RegExp[]) {
  const {exitCode, stdout, stderr} = await run(`${args} --json`)
  assert.equal(exitCode, 2, stderr)
  const {error} = JSON.parse(stdout) as {error: {code: string; message: string}}
  assert.equal(error.code, 'PLUGIN_FAILED', error.message)
  for (const text of said) assert.match(error.message, text)
}

function config(storage: object): string {
  return JSON.stringify({project: 'shop', database: {url: 'pglite:memory'}, storage})
}
