/** Runs into the end of a small disk in one of several ways; prints the error and what it changed. */
import {mkdir, statfs, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {sha256} from '../../../src/artifact/digest.ts'
import {isSquizzleError} from '../../../src/errors.ts'
import {withTempDir} from '../../../src/files/temp.ts'
import {fillCache, sampleArtifact} from '../../../src/storage/contract/artifact.ts'
import {create} from '../../../src/storage/contract/scene.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {recordSeen} from '../../../src/storage/workspace/seen.ts'
import {treeOf} from '../folder-facts.ts'

const [disk = '', deed = ''] = process.argv.slice(2)
const [workspace, artifacts] = [join(disk, 'workspace'), join(disk, 'artifacts')]
const bytes = Buffer.alloc(1_000_000, 'x')
const blob = {digest: sha256(bytes), size: bytes.length}
const cache = openCache(workspace)

/** Leaves room for folders and small files. */
async function fill(spare: number): Promise<void> {
  const {bavail, bsize} = await statfs(disk)
  await writeFile(join(disk, 'filler'), Buffer.alloc((bavail - spare) * bsize))
}

await withTempDir(async (elsewhere) => {
  const big = sampleArtifact({size: 1_000_000})
  const other = openCache(join(elsewhere, 'workspace'))
  await fillCache(other, big)
  const full = await openLocalStorage(artifacts, '/')
  const source = await openLocalStorage(join(elsewhere, 'artifacts'), '/')
  await source.push(big.manifest, other, [create('1.0.0')])
  await writeFile(join(elsewhere, 'file'), bytes)

  const small = sampleArtifact()
  await fillCache(other, small)
  await full.push(small.manifest, other, [create('0.1.0')])
  await recordSeen(workspace, 'file:/srv', {latest: blob.digest})
  await mkdir(join(workspace, 'cache', 'blobs', 'sha256'), {recursive: true})
  // the lock and its folder still fit where only the file itself must not
  if (deed === 'remember') await fill(2)

  const tags = Object.fromEntries(Array.from({length: 300}, (_, one) => [`t${one}`, blob.digest]))
  const deeds: Record<string, () => Promise<unknown>> = {
    write: () => cache.write(bytes),
    add: () => cache.add(blob, [bytes]),
    addFile: () => cache.addFile(blob, join(elsewhere, 'file')),
    pull: () => source.pull(big.manifest, cache),
    push: () => full.push(big.manifest, other, [create('1.0.0')]),
    remember: () => recordSeen(workspace, 'file:/srv', tags),
  }
  const before = await treeOf(disk)
  const error: unknown = await deeds[deed]!().then(
    () => new Error('it did fit'),
    (one: unknown) => one,
  )
  if (!isSquizzleError(error)) throw error
  const after = await treeOf(disk)
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    // small blobs of the artifact may have come before the big one: each is whole
    (path) => before[path] !== after[path] && !isSmallBlob(path, big),
  )
  process.stdout.write(JSON.stringify({code: error.code, message: error.message, changed}))
})

function isSmallBlob(path: string, {blobs}: {blobs: ReadonlyMap<string, Buffer>}): boolean {
  return [...blobs].some(
    ([digest, {length}]) => length < 10_000 && path.endsWith(digest.replace('sha256:', '')),
  )
}
