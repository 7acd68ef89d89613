import assert from 'node:assert/strict'
import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {assertHolds, create, listTags} from '../../../src/storage/contract/scene.ts'
import {localBlobs} from '../../../src/storage/local/blobs.ts'
import {pushLocal} from '../../../src/storage/local/push.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {withTag} from '../../../src/storage/local/tag-index.ts'
import {changeIndex} from '../../../src/storage/local/tags.ts'
import {withLocal} from './scene.ts'

const {signal} = new AbortController()

describe('a push to a folder', () => {
  it('brings again what a clean-up took before a tag named it', () =>
    withLocal(async ({folder, storage, cache, newCache}) => {
      const artifact = sampleArtifact()
      await fillCache(cache, artifact)
      const blobs = localBlobs(folder, storage.url)
      let cleanings = 2
      const cleaned = {
        ...blobs,
        async store(...args: Parameters<typeof blobs.store>) {
          await blobs.store(...args)
          const [blob] = args
          if (blob.digest !== artifact.manifest.digest || cleanings-- <= 0) return
          const layer = artifact.layers[0]!.digest.replace('sha256:', '')
          await rm(join(folder, 'blobs', 'sha256', layer))
          await rm(join(folder, 'blobs', 'sha256', blob.digest.replace('sha256:', '')))
        },
      }
      await pushLocal(folder, cleaned, artifact.manifest, cache, [create('1.0.1')])
      const there = newCache('there')
      await storage.pull(artifact.manifest, there)
      await assertHolds(there, artifact)
    }))

  it('is no stranger to those who look while it makes the folder', () =>
    withLocal(async ({root, artifact, cache}) => {
      for (let round = 0; round < 40; round++) {
        const storage = await openLocalStorage(`round-${round}`, root)
        const now = {pushing: true}
        const look = async () => {
          while (now.pushing) await storage.resolve('1.0.0')
        }
        const push = storage.push(artifact.manifest, cache, [create('1.0.0')]).finally(() => {
          now.pushing = false
        })
        await Promise.all([push, look(), look(), look()])
      }
    }))

  it('changes no tag once another machine took its lock over', () =>
    withLocal(async ({folder, storage, artifact}) => {
      const lock = join(folder, 'index.json.lock')
      const change = changeIndex(folder, signal, async (index) => {
        await rm(lock, {recursive: true, force: true})
        return withTag(index, 'latest', artifact.manifest)
      })
      await assert.rejects(change, {code: 'LOCK_TIMEOUT', message: /taken over/})
      assert.deepEqual(await listTags(storage), ['1.0.0'])
    }))

  it('changes no tag once it is aborted', () =>
    withLocal(async ({folder, storage, artifact}) => {
      const controller = new AbortController()
      const reason = new Error('enough')
      let asked = 0
      const change = changeIndex(folder, controller.signal, (index) => {
        // the first time is before the lock
        if (++asked === 2) controller.abort(reason)
        return withTag(index, 'latest', artifact.manifest)
      })
      await assert.rejects(change, (error) => error === reason)
      assert.deepEqual(await listTags(storage), ['1.0.0'])
      assert.equal((await readdir(folder)).includes('index.json.lock'), false)
    }))
})
