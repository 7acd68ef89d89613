import * as v from 'valibot'
import type {Digest} from '../../artifact/digest.ts'
import {descriptorSchema, parseJson} from '../descriptors.ts'

const descriptor = v.looseObject(descriptorSchema.entries)

/** Whatever an OCI manifest or index may refer to, of squizzle or of any other tool. */
const manifestSchema = v.looseObject({
  config: v.optional(descriptor),
  layers: v.optional(v.array(descriptor), []),
  blobs: v.optional(v.array(descriptor), []),
  manifests: v.optional(v.array(descriptor), []),
  subject: v.optional(descriptor),
})

/**
 * Digests of all that hangs on these manifests, themselves included. Nothing hangs on one that is not there.
 * @throws INTEGRITY where one is damaged: then nobody can tell what it needs
 */
export async function reachable(
  roots: Iterable<Digest>,
  read: (manifest: Digest) => Promise<Uint8Array | undefined>,
): Promise<ReadonlySet<Digest>> {
  const leaves = new Set<Digest>()
  const manifests = new Set(roots)
  // a set that grows while it is walked
  for (const digest of manifests) {
    const bytes = await read(digest)
    if (bytes === undefined) continue
    const parsed = parseJson(manifestSchema, bytes, digest, 'a manifest')
    const {config, layers, blobs, manifests: inner, subject} = parsed
    for (const leaf of [config, ...layers, ...blobs]) if (leaf) leaves.add(leaf.digest)
    for (const other of [...inner, subject]) if (other) manifests.add(other.digest)
  }
  return new Set([...manifests, ...leaves])
}
