import assert from 'node:assert/strict'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'
import {run} from '../support/run.ts'
import {describeWith} from '../support/services.ts'
import {containersEnv, podmanOk, runImage, runImageOk} from './support/containers.ts'
import {builtImage, buildPatience, canary, imageNeeds} from './support/image.ts'

interface Inspected {
  readonly User: string
  readonly Labels: Readonly<Record<string, string>>
  readonly Config: {
    readonly Entrypoint: readonly string[]
    readonly WorkingDir: string
    readonly Cmd?: readonly string[]
  }
}

interface Package {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

interface Lock {
  readonly packages: Readonly<
    Record<string, {readonly dev?: boolean; readonly devOptional?: boolean}>
  >
}

const readJson = async <T>(path: URL): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T
const root = new URL('../../', import.meta.url)

describeWith(imageNeeds, 'the image', function () {
  let image: string
  const shell = (script: string) =>
    podmanOk('run', '--rm', '--user', '0', '--entrypoint', 'sh', image, '-c', script)

  before(async function () {
    this.timeout(buildPatience)
    image = await builtImage()
  })

  it('runs squizzle as an ordinary user in /workspace, and says what it is', async () => {
    const {version} = await readJson<{version: string}>(new URL('package.json', root))
    const [{User, Labels, Config}] = JSON.parse(await podmanOk('inspect', image)) as [Inspected]
    assert.equal(User, '1000:1000')
    assert.deepEqual(Config.Entrypoint, ['tini', '--', 'squizzle'])
    assert.equal(Config.WorkingDir, '/workspace')
    assert.equal(Config.Cmd, undefined)
    const label = (name: string) => Labels[`org.opencontainers.image.${name}`]
    assert.equal(label('title'), 'squizzle')
    assert.equal(label('licenses'), 'Apache-2.0')
    assert.equal(label('version'), version)
    assert.match(label('base.name') ?? '', /node:\d+\.\d+\.\d+-\w+-slim$/)
    assert.match(await runImageOk(image, '--version'), new RegExp(`^squizzle/${version} `))
  })

  it('has the packages that the lock file has for production, and no other', async () => {
    const {packages} = await readJson<Lock>(new URL('package-lock.json', root))
    const about = await readJson<Package>(new URL('package.json', root))
    const there = (await shell('cd /opt/squizzle && ls -d node_modules/* node_modules/@*/*')).split(
      '\n',
    )
    const has = (name: string) => there.includes(`node_modules/${name}`)
    assert.deepEqual(
      Object.keys(about.dependencies).filter((name) => !has(name)),
      [],
    )
    assert.deepEqual(Object.keys(about.devDependencies).filter(has), [])
    const strangers = there.filter((path) => {
      const entry = packages[path]
      return /\/@[^/]+$/.test(path) ? false : entry === undefined || entry.dev || entry.devOptional
    })
    assert.deepEqual(strangers, [])
  })

  it('has oras and a credential helper for each cloud, but no package manager for Node.js', async () => {
    const has = (program: string) => shell(`command -v ${program} || echo none`)
    const clouds = ['ecr-login', 'gcr', 'acr-env'].map((cloud) => `docker-credential-${cloud}`)
    for (const program of ['oras', 'git', ...clouds]) {
      assert.match(await has(program), new RegExp(`/${program}$`))
    }
    for (const program of ['npm', 'npx', 'yarn', 'corepack']) {
      assert.equal(await has(program), 'none')
    }
  })

  it('starts on code that was compiled before, whoever the usual user is', async () => {
    for (const user of ['0', '1000', '1001', '65532']) {
      const options = ['--user', user, '--env', 'NODE_DEBUG_NATIVE=COMPILE_CACHE']
      const {stderr} = await runImage(image, 'status --help', {options})
      const read = stderr.split('\n').filter((line) => line.includes('reading cache from'))
      assert.ok(read.length > 100)
      assert.deepEqual(
        read.filter((line) => !line.includes('... success')),
        [],
      )
    }
  })

  it('holds no secret that lay beside the source or in the environment of its build, in no layer and no history', () =>
    withTempDir(async (folder) => {
      // uncompressed
      const saved = await run('buildah', ['push', '--quiet', '-D', image, `dir:${folder}`], {
        env: containersEnv(),
      })
      assert.equal(saved.exitCode, 0, saved.stderr)
      const blobs = await readdir(folder)
      assert.ok(blobs.length > 8, 'layers, config, manifest')
      for (const blob of blobs) {
        const holds = (await readFile(join(folder, blob))).includes(canary)
        assert.equal(holds, false, `${blob} holds the canary`)
      }
      const strangers = 'find / -xdev -name .git -o -xdev -name .env -o -xdev -name authorities.crt'
      assert.equal(await shell(strangers), '')
    })).timeout(120_000)
})
