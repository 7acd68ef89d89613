import assert from 'node:assert/strict'
import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Digest} from '../../artifact/digest.ts'
import {isSquizzleError, type ErrorCode} from '../../errors.ts'
import {withTempDir} from '../../files/temp.ts'
import type {Cache} from '../cache.ts'
import type {Storage, TagRequest} from '../storage.ts'
import {openCache} from '../workspace/cache.ts'
import {contentOf, type SampleArtifact} from './artifact.ts'
import type {Errand, News} from './errand.ts'
import {visit} from './visit.ts'

/** What each test of the suite begins with: a storage with nothing in it, and caches of its own. */
export interface Scene {
  readonly storage: Storage
  readonly newCache: () => Cache
  readonly replace: OpenedStorage['replace']
  readonly plant: NonNullable<OpenedStorage['plant']>
  readonly visit: (errand: Visit) => Promise<News>
}

/** An errand with the cache itself. */
export interface Visit extends Omit<Errand, 'address' | 'folder'> {
  readonly cache: Cache
}

/** A storage, and the ways behind its back that only its author knows. */
export interface OpenedStorage {
  readonly storage: Storage
  /** Puts other bytes in the place of a blob's, whatever its digest says of them. */
  readonly replace: (digest: Digest, bytes: Buffer) => Promise<unknown>
  /** Sets thousands of tags to a manifest that is there, quicker than a push can. Default: a push. */
  readonly plant?: (tags: readonly string[], manifest: Descriptor) => Promise<unknown>
  /** By which the visitor opens the same storage in another process: plain data. */
  readonly address?: unknown
  /** Takes the storage away. */
  readonly cleanup?: () => Promise<unknown>
}

export type OpenStorage = () => Promise<OpenedStorage>

export async function withScene(
  {open, visitor}: {readonly open: OpenStorage; readonly visitor?: URL | undefined},
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  await withTempDir(async (folder) => {
    const {storage, replace, plant, address, cleanup} = await open()
    let caches = 0
    const workspaceOf = new Map<Cache, string>()
    const newCache = () => {
      const workspace = `${folder}/${++caches}`
      const cache = openCache(workspace)
      workspaceOf.set(cache, workspace)
      return cache
    }
    try {
      await work({
        storage,
        newCache,
        replace,
        plant: plant ?? ((tags, manifest) => storage.push(manifest, newCache(), tags.map(create))),
        visit: ({cache, ...errand}) => {
          assert.ok(visitor, 'the contract has no visitor')
          return visit(visitor, {...errand, address, folder: workspaceOf.get(cache) ?? ''})
        },
      })
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
