import {randomBytes} from 'node:crypto'
import {gzipSync} from 'node:zlib'
import type {Descriptor} from '../../artifact/descriptor.ts'
import {sha256} from '../../artifact/digest.ts'
import {mediaTypes} from '../../artifact/media-types.ts'
import type {Cache} from '../cache.ts'

/** An artifact whose blobs nobody else has: content is random, so that two never share any by chance. */
export interface SampleArtifact {
  readonly manifest: Descriptor
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  /** Bytes by digest. */
  readonly blobs: ReadonlyMap<string, Buffer>
}

export interface SampleOptions {
  readonly version?: string
  /** Its layers come first, as in the next release of one line. */
  readonly on?: SampleArtifact
  /** Bytes of the new layer, about. */
  readonly size?: number
}

export function sampleArtifact({
  version = '1.0.0',
  on,
  size = 200,
}: SampleOptions = {}): SampleArtifact {
  const blobs = new Map(on?.blobs)
  const keep = (mediaType: string, bytes: Buffer): Descriptor => {
    const digest = sha256(bytes)
    blobs.set(digest, bytes)
    return {mediaType, digest, size: bytes.byteLength}
  }
  const layer = {
    ...keep(mediaTypes.layer, gzipSync(randomBytes(size))),
    annotations: {
      'org.opencontainers.image.title': `${version}.tar.gz`,
      'org.squizzle.version': version,
    },
  }
  const layers = [...(on?.layers ?? []), layer]
  const releases = layers.map(({digest, ...one}) => ({layer: digest, size: one.size}))
  const config = keep(
    mediaTypes.config,
    Buffer.from(JSON.stringify({schemaVersion: 1, features: [], project: 'contract', releases})),
  )
  const manifest = keep(
    mediaTypes.manifest,
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config,
        layers,
        annotations: {'org.squizzle.project': 'contract', 'org.squizzle.version': version},
      }),
    ),
  )
  return {manifest, config, layers, blobs}
}

/** Config and layers: what moves in any case; a manifest may move without need. */
export function contentOf({config, layers}: SampleArtifact): readonly Descriptor[] {
  return [config, ...layers]
}

export async function fillCache(cache: Cache, ...artifacts: SampleArtifact[]): Promise<void> {
  for (const {blobs} of artifacts) {
    for (const bytes of blobs.values()) await cache.write(bytes)
  }
}
