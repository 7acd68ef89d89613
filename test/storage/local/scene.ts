import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../../src/files/temp.ts'
import type {Cache} from '../../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../../src/storage/contract/artifact.ts'
import {create} from '../../../src/storage/contract/scene.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import type {Storage} from '../../../src/storage/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'

/** A folder storage with one artifact pushed as 1.0.0. */
export interface LocalScene {
  readonly root: string
  /** The storage's. */
  readonly folder: string
  readonly storage: Storage
  readonly artifact: SampleArtifact
  /** The cache that it was pushed from, in `<root>/workspace`. */
  readonly cache: Cache
  readonly newCache: (name: string) => Cache
}

export function withLocal(work: (scene: LocalScene) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    const newCache = (name: string) => openCache(join(root, name))
    const storage = await openLocalStorage('artifacts', root)
    const [cache, artifact] = [newCache('workspace'), sampleArtifact({size: 5000})]
    await fillCache(cache, artifact)
    await storage.push(artifact.manifest, cache, [create('1.0.0')])
    await work({root, folder: join(root, 'artifacts'), storage, artifact, cache, newCache})
  })
}

export async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(value))
}
