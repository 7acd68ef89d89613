import assert from 'node:assert/strict'
import {readdir, readFile} from 'node:fs/promises'
import type {IncomingMessage} from 'node:http'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {acquireLockFile} from '../../src/files/lock.ts'
import {makeLayout} from '../../src/storage/local/layout.ts'
import {makeIndex} from '../../src/storage/local/tag-index.ts'
import {squizzle, type Outcome} from '../cli/program.ts'
import {withGate} from '../support/gate.ts'
import {withWorld} from '../support/project.ts'
import {rivalsIn, type Rival} from '../support/rivals.ts'
import {environmentOf, newBucket, textOf} from '../support/s3.ts'
import {describeWith, service} from '../support/services.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const pushers = 20
const rounds = 10

/** Every one pushes its 1.0.0, as a process of its own. */
function startAll(rivals: readonly Rival[], storage: string, env: Record<string, string> = {}) {
  const args = ['push', '1.0.0', '--storage', storage]
  return rivals.map(({machine}) => squizzle(args, {script: bin, cwd: machine.folder, env}))
}

/** @returns the digest that the one winner has built */
function winnerOf(rivals: readonly Rival[], ended: readonly Outcome[]): string {
  const told = ended.map(({exitCode, stderr}) => `${exitCode} ${stderr}`).join('\n')
  const winners = rivals.filter((_, index) => ended[index]?.exitCode === 0)
  const losers = ended.filter(({exitCode}) => exitCode === 5)
  assert.deepEqual([winners.length, losers.length], [1, pushers - 1], told)
  for (const {stderr} of losers) assert.match(stderr, /^Error: .*1\.0\.0.* other content/m)
  return winners[0]!.digest
}

describeWith(['s3'], 'twenty processes that push other content as one version to S3', () => {
  it('leave one winner and nineteen that end with 5, in each of ten rounds', () =>
    withWorld(async (world) => {
      const rivals = await rivalsIn(world, pushers)
      const bucket = await newBucket()
      const {url, user} = service('s3')
      // none writes the tag before all have found that there is none
      const isTag = ({method, url: path = ''}: IncomingMessage) =>
        method === 'PUT' && /\/tags\/1\.0\.0\b/.test(path)
      await withGate(url, isTag, pushers, async (gate) => {
        for (let round = 0; round < rounds; round++) {
          const storage = `s3://${bucket}/${round}?region=us-east-1&endpoint=${gate.url}`
          const ended = await Promise.all(startAll(rivals, storage, environmentOf(user)))
          const tag = JSON.parse(await textOf(bucket, `${round}/tags/1.0.0`)) as {digest: string}
          assert.equal(winnerOf(rivals, ended), tag.digest, `round ${round}`)
        }
      })
    })).timeout(600_000)
})

describe('twenty processes that push other content as one version to a folder', () => {
  it('leave one winner and nineteen that end with 5, in each of ten rounds', () =>
    withWorld(async (world) => {
      const rivals = await rivalsIn(world, pushers)
      for (let round = 0; round < rounds; round++) {
        const folder = join(world.artifacts, String(round))
        // none sets the tag before all have found that there is none, and brought their blobs
        await makeLayout(folder)
        await makeIndex(folder)
        const release = await acquireLockFile(join(folder, 'index.json.lock'))
        const working = startAll(rivals, `file:${folder}`)
        const ended: Outcome[] = []
        for (const one of working) void one.then((outcome) => ended.push(outcome))
        try {
          while (!(await hasAll(folder, rivals))) {
            assert.deepEqual(ended, [], 'a pusher ended though the index was locked')
            await sleep(20)
          }
        } finally {
          await release()
          await Promise.all(working)
        }
        const winner = winnerOf(rivals, await Promise.all(working))
        assert.deepEqual(await tagsIn(folder), {'1.0.0': winner, latest: winner}, `round ${round}`)
      }
    })).timeout(600_000)
})

async function hasAll(folder: string, rivals: readonly Rival[]): Promise<boolean> {
  const names = await readdir(join(folder, 'blobs/sha256')).catch((): string[] => [])
  return rivals.every(({digest}) => names.includes(digest.replace('sha256:', '')))
}

async function tagsIn(folder: string): Promise<Record<string, string>> {
  const {manifests}: {manifests: {digest: string; annotations: Record<string, string>}[]} =
    JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
  return Object.fromEntries(
    manifests.map(({digest, annotations}) => [
      annotations['org.opencontainers.image.ref.name'],
      digest,
    ]),
  ) as Record<string, string>
}
