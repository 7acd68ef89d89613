import * as v from 'valibot'
import {SquizzleError} from '../errors.ts'
import type {Descriptor} from './descriptor.ts'
import {isDigest, sha256, type Digest} from './digest.ts'
import {parseDocument} from './json.ts'
import {limits} from './limits.ts'
import {mediaTypes} from './media-types.ts'
import type {ArtifactConfig, ReleaseEntry} from './release.ts'

export interface Manifest {
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  readonly annotations: Readonly<Record<string, string>>
}

/** What the manifest's annotations tell people beyond what the config knows; never trusted. */
export interface Provenance {
  /** ISO 8601. */
  readonly created: string
  /** Git commit. */
  readonly revision?: string | undefined
  /** Git remote, free of user info and query. */
  readonly source?: string | undefined
  readonly author?: string | undefined
  readonly notes?: string | undefined
}

/**
 * The manifest of an artifact, byte for byte as it will be stored, so that its digest is known before any push.
 * @throws TOO_LARGE
 */
export function encodeManifest(
  config: ArtifactConfig,
  configBytes: Buffer,
  provenance: Provenance,
): Buffer {
  const {created, revision, source, author, notes} = provenance
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: {
        mediaType: mediaTypes.config,
        digest: sha256(configBytes),
        size: configBytes.length,
      },
      layers: config.releases.map(layerDescriptor),
      annotations: withoutEmpty({
        'org.opencontainers.image.created': created,
        'org.opencontainers.image.version': config.version,
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.source': source,
        'org.opencontainers.image.authors': author,
        'org.opencontainers.image.description': notes,
        'org.squizzle.project': config.project,
        'org.squizzle.version': config.version,
      }),
    }),
  )
  if (bytes.length > limits.manifest) {
    throw new SquizzleError(
      'TOO_LARGE',
      'the manifest is larger than 4 MiB, which no registry takes',
      {
        hint: 'A project may have about ten thousand releases, not more.',
      },
    )
  }
  return bytes
}

function layerDescriptor({layer, size, version, created}: ReleaseEntry): Descriptor {
  return {
    mediaType: mediaTypes.layer,
    digest: layer,
    size,
    annotations: {
      'org.opencontainers.image.title': `${version}.tar.gz`,
      'org.squizzle.version': version,
      'org.squizzle.created': created,
    },
  }
}

function withoutEmpty(annotations: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).filter((pair): pair is [string, string] => Boolean(pair[1])),
  )
}

/** Names a manifest's bytes. */
export function manifestDescriptor(bytes: Buffer): Descriptor {
  return {mediaType: mediaTypes.manifest, digest: sha256(bytes), size: bytes.length}
}

const texts = v.record(v.string(), v.string())

/**
 * Closed, unlike the config: what else OCI allows here is about images, or leads a reader elsewhere (`urls`, `data`,
 * the `manifests` of an index), and keys in another case are the same key to some.
 */
const descriptor = v.strictObject({
  mediaType: v.string(),
  digest: v.custom<Digest>((text) => typeof text === 'string' && isDigest(text)),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  annotations: v.exactOptional(texts),
})
const schema = v.strictObject({
  schemaVersion: v.literal(2),
  mediaType: v.exactOptional(v.literal(mediaTypes.manifest)),
  artifactType: v.exactOptional(v.string()),
  config: descriptor,
  layers: v.array(descriptor),
  annotations: v.optional(texts, {}),
})

/**
 * A manifest of squizzle's from bytes that were checked against their digest.
 * @throws INTEGRITY where it is something else: an image, an index, another tool's artifact
 */
export function parseManifest(bytes: Buffer): Manifest {
  if (bytes.length > limits.manifest) throw foreign('it is larger than 4 MiB')
  const json = parseDocument(bytes, foreign)
  const result = v.safeParse(schema, json, {abortEarly: true})
  if (!result.success) throw foreign('it is not an OCI image manifest')
  const {config, layers, annotations} = result.output
  if (config.mediaType !== mediaTypes.config) throw foreign(`it is of type ${config.mediaType}`)
  const strange = layers.find(({mediaType}) => mediaType !== mediaTypes.layer)
  if (strange) throw foreign(`it has a layer of type ${strange.mediaType}`)
  if (new Set(layers.map(({digest}) => digest)).size < layers.length) {
    throw foreign('it has a layer twice')
  }
  refuseHuge(config, layers)
  return {config, layers, annotations}
}

/** Before anything of it is fetched: a registry may claim any size. @throws TOO_LARGE */
function refuseHuge(config: Descriptor, layers: readonly Descriptor[]): void {
  const total = layers.reduce((sum, {size}) => sum + size, 0)
  const claim =
    config.size > limits.config
      ? 'a config larger than 16 MiB'
      : layers.length > limits.releases
        ? `more than ${limits.releases} layers`
        : total > limits.artifact
          ? 'layers of more than 10GB'
          : undefined
  if (claim === undefined) return
  throw new SquizzleError('TOO_LARGE', `the manifest names ${claim}`, {
    hint: 'Squizzle builds no such artifact: check the storage and the tag.',
  })
}

/**
 * Holds a manifest against its config: the same layers, in the same order.
 * @throws INTEGRITY
 */
export function refuseMismatch(manifest: Manifest, config: ArtifactConfig): void {
  const {layers} = manifest
  const agree =
    layers.length === config.releases.length &&
    config.releases.every(
      ({layer, size}, index) => layers[index]?.digest === layer && layers[index].size === size,
    )
  if (!agree) throw foreign('its layers are not those that its config names')
}

function foreign(why: string, cause?: unknown): SquizzleError {
  return new SquizzleError('INTEGRITY', `this is not a squizzle artifact: ${why}`, {
    hint: 'Check the storage and the tag: something else may be kept there.',
    cause,
  })
}
