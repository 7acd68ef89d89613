import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'
import {pins} from '../support/pins.ts'
import {run, type Outcome} from '../support/run.ts'

const script = join(import.meta.dirname, '../../scripts/image.d/fetch-tools.js')

/** The three archives, by their paths below the place of releases, as this version's pins name them. */
const archives = {
  ORAS: `/oras-project/oras/releases/download/v1.3.3/oras_1.3.3_linux_arm64.tar.gz`,
  GCR_HELPER: `/GoogleCloudPlatform/docker-credential-gcr/releases/download/v2.1.30/docker-credential-gcr_linux_arm64-2.1.30.tar.gz`,
  ACR_HELPER: `/chrismellard/docker-credential-acr-env/releases/download/0.7.0/docker-credential-acr-env_0.7.0_linux_arm64.tar.gz`,
}
const programs = ['docker-credential-acr-env', 'docker-credential-gcr', 'oras']

interface Scene {
  readonly sums: Readonly<Record<string, string>>
  readonly tools: string
  readonly requested: readonly string[]
  readonly fetchTools: (env: Readonly<Record<string, string>>) => Promise<Outcome>
}

describe('fetching the tools of the image', () => {
  it('unpacks each release whose checksum is the pinned one', () =>
    withReleases(async ({sums, tools, fetchTools}) => {
      const {exitCode, stderr} = await fetchTools(sums)
      assert.equal(exitCode, 0, stderr)
      assert.deepEqual((await readdir(tools)).toSorted(), programs)
      assert.equal(await readFile(join(tools, 'oras'), 'utf8'), 'the program oras')
    }))

  it('refuses a release that has another checksum', () =>
    withReleases(async ({sums, tools, fetchTools}) => {
      const wrong = sums['ORAS_SHA256_ARM64']!.replaceAll(/[0-7]/g, '8')
      const {exitCode, stderr} = await fetchTools({...sums, ORAS_SHA256_ARM64: wrong})
      assert.equal(exitCode, 1)
      assert.match(stderr, /oras_1\.3\.3_linux_arm64\.tar\.gz has the SHA-256 \w+, not the pinned/)
      assert.deepEqual(await readdir(tools), [])
    }))

  it('fetches nothing that is not pinned', () =>
    withReleases(async ({sums, requested, fetchTools}) => {
      const {exitCode, stderr} = await fetchTools({...sums, ACR_HELPER_SHA256_ARM64: ''})
      assert.equal(exitCode, 1)
      assert.match(stderr, /ACR_HELPER_SHA256_ARM64 is not pinned in scripts\/pins\.env/)
      assert.equal(requested.includes(archives.ACR_HELPER), false)
    }))
})

/** Serves archives of this moment on loopback, in the place of the releases. */
async function withReleases(story: (scene: Scene) => Promise<void>): Promise<void> {
  await withTempDir(async (folder) => {
    const files = new Map<string, Buffer>()
    const sums: Record<string, string> = {}
    for (const [pin, path] of Object.entries(archives)) {
      const program = programs.find((name) => path.includes(`/${name}_`))!
      await writeFile(join(folder, program), `the program ${program}`)
      await run('tar', ['-czf', join(folder, pin), '-C', folder, program])
      const bytes = await readFile(join(folder, pin))
      files.set(path, bytes)
      sums[`${pin}_SHA256_ARM64`] = createHash('sha256').update(bytes).digest('hex')
    }
    const requested: string[] = []
    const server = createServer((request, response) => {
      requested.push(request.url ?? '')
      const file = files.get(request.url ?? '')
      response.writeHead(file === undefined ? 404 : 200).end(file)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const tools = join(folder, 'tools')
    await mkdir(tools)
    try {
      await story({
        sums,
        tools,
        requested,
        fetchTools: (env) =>
          run(process.execPath, [script, 'arm64', tools], {
            env: {...process.env, ...pins, ...env, RELEASES_ORIGIN: origin},
          }),
      })
    } finally {
      server.close()
    }
  })
}
