import {hexOf, type Digest} from '../../artifact/digest.ts'
import {parseManifest} from '../../artifact/manifest.ts'
import {sweepLeftovers} from '../../files/sweep.ts'
import {blobFilesIn, type BlobFile} from '../blobs/files.ts'
import {blobFolder} from '../blobs/path.ts'
import {removeBlob} from '../blobs/write.ts'
import type {Cache} from '../cache.ts'
import {inParallel} from '../transfer/parallel.ts'
import {linkFiles} from './size.ts'

/** All that these manifests need. One that is damaged needs nothing any more: it cannot be pushed. */
export async function neededBy(manifests: Iterable<Digest>, cache: Cache): Promise<Set<Digest>> {
  const needed = new Set<Digest>()
  for (const digest of manifests) {
    const bytes = await cache.read(digest)
    if (bytes === undefined) continue
    const {config, layers} = parseManifest(bytes)
    for (const blob of [{digest}, config, ...layers]) needed.add(blob.digest)
  }
  return needed
}

/**
 * Removes blobs, with their names for people. Processes that use one of them at the moment fetch it again.
 * @param mayGo asked for each blob that nothing needs
 * @returns those removed
 */
export async function removeBlobs(
  cache: Cache,
  needed: ReadonlySet<Digest>,
  mayGo: (file: BlobFile) => boolean = () => true,
): Promise<readonly BlobFile[]> {
  const names = new Set([...needed].map(hexOf))
  const {kept = [], gone = []} = Object.groupBy(await blobFilesIn(cache.folder), (file) =>
    names.has(file.name) || !mayGo(file) ? 'kept' : 'gone',
  )
  const ids = new Set(kept.map(({id}) => id))
  const links = (await linkFiles(cache)).filter(({id}) => !ids.has(id))
  await inParallel([...links, ...gone], 8, ({path}) => removeBlob(path))
  await sweepLeftovers(blobFolder(cache.folder))
  return gone
}
