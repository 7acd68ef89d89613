import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {squizzle} from './program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const witness = new URL('fixtures/witness.ts', import.meta.url).href

/** What only some commands need, and others must not wait for. */
const heavy = [
  'pg',
  '@electric-sql/pglite',
  'execa',
  'listr2',
  'libpg-query',
  'tar',
  'valibot',
  'yaml',
  '@oclif/plugin-plugins',
  'npm',
]

describe('the built program', () => {
  let folder: string
  let script: string

  before(function () {
    this.timeout(180_000)
    folder = mkdtempSync(join(tmpdir(), 'squizzle-build-'))
    script = join(folder, 'bin/run.js')
    for (const name of ['bin', 'scripts', 'src', 'package.json']) {
      cpSync(join(root, name), join(folder, name), {recursive: true})
    }
    for (const path of globSync('tsconfig*.json', {cwd: root})) {
      cpSync(join(root, path), join(folder, path))
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    rmSync(join(folder, 'src/commands'), {recursive: true, force: true})
    build()
  })

  after(() => rmSync(folder, {recursive: true, force: true}))

  function build(): string {
    execFileSync(process.execPath, [join(folder, 'scripts/build.js')], {stdio: 'pipe'})
    return readFileSync(join(folder, 'oclif.manifest.json'), 'utf8')
  }

  /** The packages that this command line loads anything of. */
  async function packagesOf(...args: string[]): Promise<ReadonlySet<string>> {
    const log = join(folder, `${args.join('')}.log`)
    const env = {MODULE_LOG: log}
    const {exitCode, stderr} = await squizzle(args, {script, env, nodeArgs: ['--import', witness]})
    assert.equal(exitCode, 0, stderr)
    const urls = readFileSync(log, 'utf8')
    const names = urls.matchAll(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/(?!.*\/node_modules\/)/g)
    return new Set([...names].map(([, name = '']) => name))
  }

  it('is made without any command as well', () => {
    assert.match(readFileSync(join(folder, 'oclif.manifest.json'), 'utf8'), /"commands": \{\}/)
  })

  it('says its version as oclif does, and loads no package for it', async () => {
    const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    const {exitCode, stdout, stderr} = await squizzle(['--version'], {script})
    assert.deepEqual({exitCode, stderr}, {exitCode: 0, stderr: ''})
    assert.equal(
      stdout,
      `squizzle/${version} ${process.platform}-${process.arch} node-${process.version}\n`,
    )
    const help = await squizzle(['--help'], {script})
    assert.ok(help.stdout.includes(stdout.trim()), 'help shows the same line')
    assert.deepEqual([...(await packagesOf('--version'))], [])
  })

  it('loads oclif and nothing heavy for its help', async () => {
    const packages = await packagesOf('--help')
    assert.ok(packages.has('@oclif/core'))
    assert.deepEqual(
      heavy.filter((name) => packages.has(name)),
      [],
    )
  })

  it('has a manifest with its commands in order, the same at every build', async () => {
    const commands = ['zebra', 'apple', 'cache/size', 'cache/clear', 'middle']
    for (const [index, name] of commands.entries()) plant(name, index)
    const manifest = build()
    const ids = Object.keys((JSON.parse(manifest) as {commands: object}).commands)
    assert.deepEqual(ids, ['apple', 'cache:clear', 'cache:size', 'middle', 'zebra'])
    assert.ok(manifest.endsWith('\n}\n'))
    for (const name of commands.toReversed()) plant(name, commands.indexOf(name))
    assert.equal(build(), manifest)

    const {exitCode, stdout} = await squizzle(['cache', 'size', '--json'], {script})
    assert.equal(exitCode, 0)
    assert.deepEqual(JSON.parse(stdout), {index: 2, warnings: []})
    assert.ok((await packagesOf('zebra')).has('yaml'), 'what a command loads is seen')
    const packages = await packagesOf('cache', 'size')
    assert.deepEqual(
      heavy.filter((name) => packages.has(name)),
      [],
    )
  }).timeout(180_000)

  it('does not build what does not compile', () => {
    plant('broken', 0)
    writeFileSync(join(folder, 'src/commands/broken.ts'), 'export const x: number = "text"\n')
    assert.throws(build, (error: {stderr: Buffer; status: number}) => {
      assert.match(error.stderr.toString(), /broken\.ts.*TS2322/)
      return error.status !== 0
    })
  })

  function plant(name: string, index: number): void {
    const path = join(folder, `src/commands/${name}.ts`)
    rmSync(path, {force: true})
    mkdirSync(dirname(path), {recursive: true})
    const base = `${'../'.repeat(name.split('/').length)}cli/base-command.ts`
    writeFileSync(
      path,
      `import {BaseCommand} from '${base}'
export default class Planted extends BaseCommand {
  async run(): Promise<object> {
    await this.parse(Planted)
${name === 'zebra' ? "    await import('yaml')\n" : ''}    return {index: ${index}}
  }
}
`,
    )
  }
})

describe('a Node.js that is too old', () => {
  const script = join(root, 'bin/run.js')
  const old = oldNode()

  it('is told in one line, with exit code 2', async () => {
    for (const version of ['18.20.8', '20.20.2', '22.17.1']) {
      const pretend = `Object.defineProperty(process.versions, 'node', {value: '${version}'})`
      const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`]
      assert.deepEqual(await squizzle(['--version'], {script, nodeArgs}), told(version))
    }
  })

  if (old !== undefined) {
    it(`is told so by itself, too: ${old.node}`, async () => {
      assert.deepEqual(
        await squizzle(['list', '--json'], {script, node: old.node}),
        told(old.version),
      )
    })
  }

  function told(version: string) {
    const stderr = `Error: squizzle needs Node.js 22.18 or newer; this is ${version}\n`
    return {exitCode: 2, stdout: '', stderr}
  }
})

/** One that PATH happens to have. */
function oldNode(): {readonly node: string; readonly version: string} | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .map((node) => ({node, version: versionOf(node)}))
    .find(({version}) => /^(1\d|2[01])\./.test(version))
}

function versionOf(node: string): string {
  try {
    return execFileSync(node, ['-p', 'process.versions.node'], {stdio: 'pipe'}).toString().trim()
  } catch {
    return ''
  }
}
