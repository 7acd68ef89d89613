import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Digest} from '../../artifact/digest.ts'
import {SquizzleError} from '../../errors.ts'
import type {Cache} from '../cache.ts'
import type {PullOptions, Transfer} from '../storage.ts'
import {notFound, transferOf} from '../transfer/pull.ts'
import {concurrency} from './concurrency.ts'
import {watchCopy} from './copy-output.ts'
import {fetchManifest, lacks} from './fetch.ts'
import {whileReceiving} from './idle.ts'
import {blobsOf, inspect, type Inspection} from './inspect.ts'
import {withEmptyLayout} from './layout.ts'
import {referenceTo, urlOf} from './location.ts'
import type {Outcome, Session} from './session.ts'

/**
 * Fetches in one copy what the cache lacks, and checks all of it: oras's word is not taken for it. The manifest is read
 * before: what it claims is held against our limits, and no blob can be longer than that, for oras cuts it off there.
 */
export async function copyAll(
  session: Session,
  manifest: Descriptor,
  cache: Cache,
  before: Inspection | undefined,
  onProgress: PullOptions['onProgress'],
): Promise<Transfer> {
  const blobs = before?.blobs ?? blobsOf(await fetchManifest(session, manifest))
  const watch = watchCopy([...blobs, manifest], onProgress)
  const look = () => inspect(cache, manifest, 'all', session.signal)

  await copyIn(session, manifest, cache, before?.bytes, watch.onLine)
  let after = await look()
  if (after === undefined || after.lacking.length > 0) {
    // a damaged blob of the cache came to light only now, or another process took the manifest away for a moment
    await copyIn(session, manifest, cache, after?.bytes, watch.onLine)
    after = await look()
  }
  if (after === undefined) throw unfulfilled(manifest.digest)
  const [lost] = after.lacking
  if (lost !== undefined) throw unfulfilled(lost.digest)
  return transferOf(watch.moved([...after.blobs, manifest]))
}

/**
 * @param bytes the manifest's, where the cache has it. oras takes everything below a manifest that is there
 *   for present, so that it goes while blobs are fetched, and comes back whatever happens.
 */
async function copyIn(
  session: Session,
  manifest: Descriptor,
  cache: Cache,
  bytes: Buffer | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  if (bytes !== undefined) await cache.remove(manifest.digest)
  try {
    const outcome = await withEmptyLayout(cache, ({cwd, operand, arriving}) =>
      session.attempt({
        command: ['cp'],
        flags: ['--no-tty', '--concurrency', concurrency, '--to-oci-layout'],
        operands: [referenceTo(session.location, manifest.digest), operand],
        end: 'from',
        cwd,
        idle: whileReceiving(arriving),
        onLine,
      }),
    )
    if (!outcome.ok) throw explainCopy(outcome, manifest, urlOf(session.location))
  } finally {
    if (bytes !== undefined && !(await cache.has(manifest))) await cache.write(bytes)
  }
}

function explainCopy(
  {failure, error}: Extract<Outcome, {ok: false}>,
  manifest: Descriptor,
  url: string,
): SquizzleError {
  if (failure.kind !== 'not-found') return error
  const blob = /: (sha256:[0-9a-f]{64}): (?:.*: )?not found$/m.exec(failure.text)?.[1]
  return blob === undefined ? notFound(url, manifest) : lacks(url, blob, error.cause)
}

function unfulfilled(digest: Digest): SquizzleError {
  return new SquizzleError('INTEGRITY', `oras has not brought ${digest}, though it said so`, {
    hint: 'Check that `oras` is the real one (SQUIZZLE_ORAS), and try again.',
    details: {digest},
  })
}
