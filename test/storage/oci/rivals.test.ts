import assert from 'node:assert/strict'
import {isSquizzleError} from '../../../src/errors.ts'
import type {Digest} from '../../../src/artifact/digest.ts'
import {describeWith, service} from '../../support/services.ts'
import {artifactOf, cacheWith, create, move} from './support/artifacts.ts'
import {newRepository, withWorkspace, type Workspace} from './support/workspace.ts'

const rounds = 20

/** Ten storages that push other content as 1.0.0 at once, each with a cache and an oras of its own. */
async function race(
  {open, newCache}: Workspace,
  registry: string,
  repository: string,
): Promise<{winners: Digest[]; losers: number; found: Digest | undefined}> {
  const rivals = await Promise.all(
    Array.from({length: 10}, async () => {
      const artifact = artifactOf(1)
      const cache = await cacheWith(newCache(), artifact)
      return {artifact, cache, storage: open({registry, repository})}
    }),
  )
  const results = await Promise.allSettled(
    rivals.map(({artifact, cache, storage}) =>
      storage.push(artifact.manifest, cache, [create('1.0.0')]),
    ),
  )
  const won = rivals.filter((_, index) => results[index]?.status === 'fulfilled')
  const errors = results.filter((result) => result.status === 'rejected')
  const losers = errors.filter(
    ({reason}) => isSquizzleError(reason) && reason.code === 'VERSION_EXISTS',
  )
  const found = await open({registry, repository}).resolve('1.0.0')
  return {
    winners: won.map(({artifact}) => artifact.manifest.digest),
    losers: losers.length,
    found: found?.digest,
  }
}

describeWith(['registry', 'registry-write-once', 'oras'], 'ten rivals for one version', () => {
  it('leave one winner where the registry forbids to move a tag', function () {
    this.timeout(180_000)
    return withWorkspace(async (workspace) => {
      const {address} = service('registry-write-once')
      for (let round = 0; round < rounds; round++) {
        const {winners, losers, found} = await race(workspace, address, `locked/${newRepository()}`)
        assert.deepEqual({won: winners.length, lost: losers}, {won: 1, lost: 9}, `round ${round}`)
        assert.equal(found, winners[0])
      }
    })
  })

  it('leave the content of one that was told so where the registry lets the last one win', function () {
    this.timeout(180_000)
    return withWorkspace(async (workspace) => {
      const {address} = service('registry')
      let severalWinners = 0
      for (let round = 0; round < rounds; round++) {
        const {winners, losers, found} = await race(workspace, address, newRepository())
        assert.ok(found !== undefined && winners.includes(found), `round ${round}`)
        assert.equal(winners.length + losers, 10, `round ${round}`)
        if (winners.length > 1) severalWinners++
      }
      // distribution has no compare-and-swap: a winner can be overwritten by one that looked before it was there
      console.log(
        `      distribution: ${severalWinners} of ${rounds} rounds had more than one winner`,
      )
    })
  })
})

describeWith(['registry-write-once', 'oras'], 'a registry that forbids to move tags', () => {
  it('takes the same version again', () =>
    withWorkspace(async ({open, newCache}) => {
      const repository = `locked/${newRepository()}`
      const storage = open({registry: service('registry-write-once').address, repository})
      const artifact = artifactOf(1)
      const cache = await cacheWith(newCache(), artifact)
      await storage.push(artifact.manifest, cache, [create('1.0.0')])
      const {blobs} = await storage.push(artifact.manifest, cache, [create('1.0.0')])
      assert.deepEqual(blobs, [])
      await storage.tag(artifact.manifest, create('1.0.0'))
    }))

  it('refuses aliases without failing the push', () =>
    withWorkspace(async ({open, newCache}) => {
      const repository = `locked/${newRepository()}`
      const storage = open({registry: service('registry-write-once').address, repository})
      const [first, second] = [artifactOf(1), artifactOf(1)]
      const cache = await cacheWith(newCache(), first, second)
      await storage.push(first.manifest, cache, [create('1.0.0'), move('latest')])
      const tags = [create('1.0.1'), move('latest'), move('stable')]
      const {refusedTags} = await storage.push(second.manifest, cache, tags)
      assert.deepEqual(
        refusedTags.map(({name}) => name),
        ['latest'],
      )
      assert.notEqual(refusedTags[0]?.reason, '')
      assert.equal((await storage.resolve('latest'))?.digest, first.manifest.digest)
      assert.equal((await storage.resolve('stable'))?.digest, second.manifest.digest)
    }))
})
