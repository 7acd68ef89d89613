import {createHash} from 'node:crypto'
import {copyFile, cp, mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../../src/files/temp.ts'
import {pins} from '../../support/pins.ts'
import {run} from '../../support/run.ts'
import {tool, type Need} from '../../support/services.ts'
import {containersEnv, podmanOk, words} from './containers.ts'

/** What building the image takes here. */
export const imageNeeds: readonly Need[] = ['containers', 'credential-helpers', 'oras']

/** Milliseconds that the first build of a machine may take: it installs Debian's and npm's packages. */
export const buildPatience = 600_000

/** Lies beside the checkout's files and in the builder's environment, as secrets do, and must not leave them. */
export const canary = 'canary-7f3b9c61d2'

const root = fileURLToPath(new URL('../../..', import.meta.url))
// checkouts share the storage of images
const name = `localhost/squizzle:test-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`
let built: Promise<string> | undefined

/** The image's name; built by the first that asks, from a copy of this checkout that has secrets lying about. */
export function builtImage(): Promise<string> {
  built ??= withTempDir(build)
  return built
}

async function build(folder: string): Promise<string> {
  const before = await podmanOk('images', '--quiet', '--no-trunc', name)
  const [checkout, tools] = [join(folder, 'checkout'), join(folder, 'tools')]
  await copyCheckout(checkout)
  for (const file of [
    '.env',
    'src/.env',
    'squizzle.config.js',
    '.docker/config.json',
    'bin/.netrc',
  ]) {
    await mkdir(dirname(join(checkout, file)), {recursive: true})
    await writeFile(join(checkout, file), canary)
  }
  await cp(tool('credential-helpers'), tools, {recursive: true})
  await copyFile(tool('oras'), join(tools, 'oras'))
  const base = `docker.io/library/node:${pins['NODE_VERSION']}-${pins['DEBIAN_RELEASE']}-slim`
  const {exitCode, stdout, stderr} = await run(
    join(checkout, 'scripts/image'),
    [
      ...words(
        '--isolation chroot --network host --pull-never --layers --force-rm --builder buildah',
      ),
      '--tag',
      name,
      '--base',
      base,
      '--tools',
      tools,
    ],
    {
      env: {...containersEnv(), OCI_PASSWORD: canary, NPM_TOKEN: canary, DATABASE_URL: canary},
    },
  )
  if (exitCode !== 0) throw new Error(`the image could not be built\n${stdout}${stderr}`)
  const after = await podmanOk('images', '--quiet', '--no-trunc', name)
  if (before !== '' && before !== after) await podmanOk('rmi', '--force', before)
  return name
}

/** What git tracks or would track, with the state that it has now. */
async function copyCheckout(target: string): Promise<void> {
  const {stdout} = await run(
    'git',
    ['ls-files', '-co', '--exclude-standard', '--deduplicate', '-z'],
    {cwd: root},
  )
  for (const file of stdout.split('\0').filter((path) => path !== '')) {
    await cp(join(root, file), join(target, file), {preserveTimestamps: true}).catch(
      (error: NodeJS.ErrnoException) => {
        // deleted, and not yet so in git
        if (error.code !== 'ENOENT') throw error
      },
    )
  }
}
