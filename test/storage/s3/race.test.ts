import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {createInterface} from 'node:readline'
import {parseManifest} from '../../../src/artifact/manifest.ts'
import {sha256} from '../../../src/artifact/digest.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {describeWith, service} from '../../support/services.ts'
import {environmentOf, newBucket, objectsIn, textOf} from '../../support/s3.ts'

const pushers = 20
const rounds = 10

describeWith(['s3'], 'twenty processes that push other content as one version', () => {
  it('leave one winner and nineteen that are told so, in each of ten rounds', () =>
    withTempDir(async (folder) => {
      const bucket = await newBucket()
      const processes = Array.from({length: pushers}, (_, at) =>
        startPusher(bucket, join(folder, String(at))),
      )
      try {
        for (const ready of await Promise.all(processes.map(({next}) => next()))) {
          assert.equal(ready, 'ready')
        }
        for (let round = 0; round < rounds; round++) {
          const version = `1.${round}.0`
          for (const {push} of processes) push(version)
          const outcomes = await Promise.all(processes.map(({next}) => next()))
          const losers = outcomes.filter((outcome) => outcome === 'VERSION_EXISTS 5')
          const winners = outcomes.filter((outcome) => outcome.startsWith('sha256:'))
          assert.deepEqual([winners.length, losers.length], [1, pushers - 1], outcomes.join('\n'))
          assert.equal(await digestIn(bucket, version), winners[0])
        }
      } finally {
        await Promise.all(processes.map(({end}) => end()))
      }
    })).timeout(120_000)
})

/** What the bucket says that a version is, once every byte of it is found there. */
async function digestIn(bucket: string, version: string): Promise<string> {
  const {digest} = JSON.parse(await textOf(bucket, `tags/${version}`)) as {readonly digest: string}
  const objects = await objectsIn(bucket)
  const manifest = await textOf(bucket, `blobs/sha256/${digest.slice(7)}`)
  assert.equal(sha256(manifest), digest)
  const {config, layers} = parseManifest(Buffer.from(manifest))
  for (const blob of [config, ...layers]) {
    assert.equal(objects[`blobs/sha256/${blob.digest.slice(7)}`], blob.size)
  }
  return digest
}

function startPusher(bucket: string, folder: string) {
  const {url, user} = service('s3')
  const script = fileURLToPath(new URL('processes/push.ts', import.meta.url))
  const child = spawn(process.execPath, [script, bucket, url, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {...process.env, ...environmentOf(user)},
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ended = once(child, 'close')
  return {
    push: (version: string) => void child.stdin.write(`${version}\n`),
    next: async () => {
      const line = await lines.next()
      return line.done === true ? 'the process ended' : line.value
    },
    end: async () => {
      child.stdin.end()
      await ended
    },
  }
}
