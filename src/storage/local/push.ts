import type {Descriptor} from '../../artifact/descriptor.ts'
import {sweepLeftovers} from '../../files/sweep.ts'
import {syncFolder} from '../../files/write.ts'
import {blobFolder} from '../blobs/path.ts'
import type {Cache} from '../cache.ts'
import type {PushResult, TagRequest, TransferOptions} from '../storage.ts'
import {withLimits} from '../transfer/limits.ts'
import {pushBlobs, type BlobTarget} from '../transfer/push.ts'
import {expectTags} from '../transfer/tags.ts'
import {firstMissing} from './blobs.ts'
import {isLayout} from './layout.ts'
import {readIndex} from './tag-index.ts'
import {changeIndex, withTags} from './tags.ts'

/** Copies what the layout lacks, then sets all tags at once, or none. */
export async function pushLocal(
  folder: string,
  target: BlobTarget,
  manifest: Descriptor,
  cache: Cache,
  requests: readonly TagRequest[],
  options: TransferOptions = {},
): Promise<PushResult> {
  return withLimits('pushing artifact', options, async (signal) => {
    expectTags(requests)
    await isLayout(folder)
    // most conflicts are known before anything is copied
    withTags(await readIndex(folder), folder, requests, manifest)
    for (;;) {
      const moved = await pushBlobs(target, manifest, cache, signal, options.onProgress)
      if (moved.blobs.length > 0) await settle(folder)
      let missing: string | undefined
      await changeIndex(folder, signal, async (index) => {
        // until a tag names them, a clean-up may take the blobs
        missing = await firstMissing(folder, manifest)
        return missing === undefined ? withTags(index, folder, requests, manifest) : index
      })
      if (missing === undefined) return {...moved, refusedTags: []}
    }
  })
}

/** The blobs must survive a power cut that the tags survive. */
async function settle(folder: string): Promise<void> {
  const blobs = blobFolder(folder)
  await syncFolder(blobs)
  await sweepLeftovers(blobs)
  await sweepLeftovers(folder)
}
