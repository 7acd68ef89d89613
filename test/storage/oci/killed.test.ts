import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readdir, readFile, utimes} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {hexOf} from '../../../src/artifact/digest.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {describeWith, tool} from '../../support/services.ts'
import {artifactOf, keepIn} from './support/artifacts.ts'
import {startScriptedRegistry} from './support/scripted-registry.ts'
import {withWorkspace} from './support/workspace.ts'

const pullProcess = fileURLToPath(new URL('support/pull-process.ts', import.meta.url))
const repository = 'shop/migrations'
const artifact = artifactOf(3)
const content = [artifact.manifest, artifact.config, ...artifact.layers]

describeWith(['oras'], 'a pull that is killed', () => {
  for (const victim of ['squizzle', 'oras'] as const) {
    it(`leaves nothing but whole blobs in the cache: ${victim}`, () =>
      withWorkspace(async ({folder, open}) => {
        await using registry = await startScriptedRegistry()
        keepIn(registry, repository, artifact, '1.2.0')
        const last = artifact.layers.at(-1)!
        const {promise: halfWay, resolve: isHalfWay} = Promise.withResolvers<void>()
        registry.on(
          new RegExp(`GET .*${last.digest}`),
          (_request, response) => {
            response.writeHead(200, {'content-length': last.size})
            response.write(artifact.blobs.get(last.digest)!.subarray(0, 100))
            isHalfWay()
          },
          1,
        )
        const workspace = join(folder, 'workspace')
        const args = [registry.host, repository, JSON.stringify(artifact.manifest), workspace]
        const child = spawn(process.execPath, [pullProcess, ...args], {
          env: {PATH: '', HOME: folder, SQUIZZLE_ORAS: tool('oras')},
          stdio: 'ignore',
        })
        const ended = once(child, 'close')
        await halfWay
        const [oras] = await childrenOf(child.pid!)
        if (victim === 'squizzle') child.kill('SIGKILL')
        else process.kill(oras!, 'SIGKILL')
        await ended
        if (victim === 'squizzle') process.kill(oras!, 'SIGKILL')

        const cache = openCache(workspace)
        const blobs = join(cache.folder, 'blobs', 'sha256')
        for (const name of await readdir(blobs)) {
          const blob = content.find(({digest}) => hexOf(digest) === name)
          assert.ok(blob, `${name} is none of the artifact's blobs`)
          assert.ok(await cache.read(blob.digest), `${name} is damaged`)
        }
        assert.equal(await cache.has(artifact.manifest), false)

        // what the killed process left is taken away once it is certain that nobody needs it
        for (const name of await readdir(cache.folder)) {
          if (name.startsWith('.tmp-')) await utimes(join(cache.folder, name), 0, 0)
        }
        const storage = open({registry: registry.host, repository})
        await storage.pull(artifact.manifest, cache)
        for (const {digest} of content) assert.ok(await cache.read(digest))
        assert.deepEqual(await readdir(cache.folder), ['blobs'])
      }))
  }
})

/** Of Linux's /proc: the processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  for (;;) {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
    const pids = text.trim().split(' ').filter(Boolean).map(Number)
    if (pids.length > 0) return pids
    await sleep(10)
  }
}
