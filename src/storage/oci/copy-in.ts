import {readdir, stat} from 'node:fs/promises'
import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Digest} from '../../artifact/digest.ts'
import {SquizzleError} from '../../errors.ts'
import {blobFolder} from '../blobs/path.ts'
import type {BlobName, Cache} from '../cache.ts'
import type {PullOptions, Transfer} from '../storage.ts'
import {notFound, transferOf} from '../transfer/pull.ts'
import {concurrency} from './concurrency.ts'
import {parseCopyLine, watchCopy} from './copy-output.ts'
import {lacks} from './fetch.ts'
import {refuseForeign} from './foreign.ts'
import {whileReceiving} from './idle.ts'
import {inspect, type Inspection} from './inspect.ts'
import {withEmptyLayout} from './layout.ts'
import {referenceTo, urlOf} from './location.ts'
import type {Outcome, Session} from './session.ts'

/** Fetches in one copy what the cache lacks, and checks all of it: oras's word is not taken for it. */
export async function copyAll(
  session: Session,
  manifest: Descriptor,
  cache: Cache,
  before: Inspection | undefined,
  onProgress: PullOptions['onProgress'],
): Promise<Transfer> {
  const known = [manifest, ...(before?.blobs ?? [])]
  const watch = watchCopy(known, (short) => find(cache, short), onProgress)
  const look = () => inspect(cache, manifest, 'all', session.signal)

  await copyIn(session, manifest, cache, before?.bytes, watch.onLine)
  let after = await look()
  if (after === undefined || after.lacking.length > 0) {
    // a damaged blob of the cache came to light only now, or another process took the manifest away for a moment
    await copyIn(session, manifest, cache, after?.bytes, watch.onLine)
    after = await look()
  }
  await watch.settled()
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
        onLine(line) {
          const label = parseCopyLine(line)?.label
          if (label?.includes('/')) refuseForeign(label)
          onLine(line)
        },
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

/** A blob of the cache by the beginning of its digest. */
async function find(cache: Cache, short: string): Promise<BlobName | undefined> {
  const names = await readdir(blobFolder(cache.folder)).catch(() => [])
  const name = names.find((one) => one.startsWith(short) && /^[0-9a-f]{64}$/.test(one))
  if (name === undefined) return undefined
  const digest = `sha256:${name}` as Digest
  const found = await stat(cache.pathOf(digest)).catch(() => undefined)
  return found && {digest, size: found.size}
}
