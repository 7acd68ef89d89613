import assert from 'node:assert/strict'
import {isSquizzleError, type ErrorCode} from '../../errors.ts'
import {withTempDir} from '../../files/temp.ts'
import type {Cache} from '../cache.ts'
import type {Storage, TagRequest} from '../storage.ts'
import {openCache} from '../workspace/cache.ts'
import {contentOf, type SampleArtifact} from './artifact.ts'

/** What each test of the suite begins with: a storage with nothing in it, and caches of its own. */
export interface Scene {
  readonly storage: Storage
  readonly newCache: () => Cache
}

export type OpenStorage = () => Promise<{
  readonly storage: Storage
  readonly cleanup?: () => Promise<void>
}>

export async function withScene(
  open: OpenStorage,
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  await withTempDir(async (folder) => {
    const {storage, cleanup} = await open()
    let caches = 0
    try {
      await work({storage, newCache: () => openCache(`${folder}/${++caches}`)})
    } finally {
      await cleanup?.()
    }
  })
}

export function create(name: string): TagRequest {
  return {name, mode: 'create'}
}

export function move(name: string): TagRequest {
  return {name, mode: 'move'}
}

/** The cache holds every byte of the artifact, as it was made. */
export async function assertHolds(cache: Cache, {manifest, ...rest}: SampleArtifact) {
  for (const {digest} of [manifest, ...contentOf({manifest, ...rest})]) {
    const bytes = await cache.read(digest)
    assert.ok(bytes, `the cache lacks ${digest}`)
    assert.ok(bytes.equals(rest.blobs.get(digest)!), `${digest} has other bytes`)
  }
}

export async function assertFails(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isSquizzleError(error), `not an error of squizzle: ${String(error)}`)
    assert.equal(error.code, code)
    return true
  })
}

export async function listTags(storage: Storage): Promise<string[]> {
  const tags: string[] = []
  for await (const tag of storage.tags()) tags.push(tag)
  return tags.toSorted()
}
