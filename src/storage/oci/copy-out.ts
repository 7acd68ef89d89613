import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Cache} from '../cache.ts'
import type {Transfer, TransferOptions} from '../storage.ts'
import {transferOf} from '../transfer/pull.ts'
import type {Session} from './session.ts'
import {lackingIn} from './inspect.ts'
import {concurrency} from './concurrency.ts'
import {watchCopy} from './copy-output.ts'
import {whileSending} from './idle.ts'
import {withFilledLayout} from './layout.ts'

/**
 * Uploads in one copy what the registry lacks, the manifest last and without a tag. The registry is asked for
 * each blob; what it has need not be in the cache.
 * @throws VERSION_NOT_FOUND where neither has a blob
 */
export async function copyOut(
  session: Session,
  manifest: Descriptor,
  blobs: readonly Descriptor[],
  cache: Cache,
  onProgress: TransferOptions['onProgress'],
): Promise<Transfer> {
  // a damaged copy would only be refused by the registry: without it, oras takes it for missing
  await lackingIn(cache, blobs, session.signal)
  const {registry, repository} = session.location
  const watch = watchCopy([...blobs, manifest], async () => undefined, onProgress)
  const largest = blobs.reduce((most, {size}) => Math.max(most, size), 0)
  await withFilledLayout(cache, manifest, ({cwd, operand}) =>
    session.run({
      command: ['cp'],
      flags: ['--no-tty', '--concurrency', concurrency, '--from-oci-layout'],
      operands: [operand, `${registry}/${repository}`],
      end: 'to',
      cwd,
      idle: whileSending(largest),
      onLine: watch.onLine,
    }),
  )
  return transferOf(watch.moved([...blobs, manifest]))
}
