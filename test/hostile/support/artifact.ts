import {gzipSync} from 'node:zlib'
import {sha256} from '../../../src/artifact/digest.ts'
import {file, tarOf} from './tar.ts'

/** JSON, of which only some keys matter here. */
interface Document {
  readonly [key: string]: unknown
}

/** The documents of the good artifact, as far as cases change parts of them. */
export interface DescriptorDocument extends Document {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}
export interface ManifestDocument extends Document {
  readonly mediaType: string
  readonly config: DescriptorDocument
  readonly layers: readonly [DescriptorDocument]
}
export interface MigrationDocument extends Document {
  readonly name: string
  readonly forward: object
}
export interface ReleaseDocument extends Document {
  readonly version: string
  readonly migrations: readonly [MigrationDocument, ...MigrationDocument[]]
}
export interface ConfigDocument extends Document {
  readonly releases: readonly [ReleaseDocument]
}
export interface IndexDocument extends Document {
  readonly mediaType: string
  readonly manifests: readonly [DescriptorDocument]
}

/** An artifact's blobs, and the archive that holds them. */
export interface Artifact {
  readonly manifest: Buffer
  readonly blobs: readonly Buffer[]
  readonly archive: Buffer
}

export const version = '1.0.0'
const scripts = {
  '0001_a.rollback.sql': 'drop table a;\n',
  '0001_a.sql': 'create table a ();\n',
  'zzzz.sql': `-- ${'z'.repeat(65_536)}\n`,
} as const

const script = (path: keyof typeof scripts) => ({
  path,
  digest: sha256(scripts[path]),
  size: scripts[path].length,
  transaction: true,
})

/** What `release.json` of the good layer says. */
export const release = (): ReleaseDocument => ({
  version,
  after: [],
  migrations: [
    {
      name: '0001_a',
      kind: 'versioned',
      forward: script('0001_a.sql'),
      rollback: script('0001_a.rollback.sql'),
    },
    {name: 'zzzz', kind: 'versioned', forward: script('zzzz.sql')},
  ],
})

/** The files of the good layer: path and content, in their order. */
export const goodFiles = (): [path: string, content: string][] => [
  [`${version}/0001_a.rollback.sql`, scripts['0001_a.rollback.sql']],
  [`${version}/0001_a.sql`, scripts['0001_a.sql']],
  [`${version}/release.json`, JSON.stringify(release())],
  [`${version}/zzzz.sql`, scripts['zzzz.sql']],
]

/**
 * The same as entries of a tar. Where the last one is left out, there is as much room for others as the config gives: what
 * is in them is refused for what it is, and not for its size.
 */
export function goodEntries(): readonly [
  rollback: Buffer,
  forward: Buffer,
  release: Buffer,
  last: Buffer,
] {
  const [first, second, third, last] = goodFiles().map(([path, content]) => file(path, content))
  if (!first || !second || !third || !last) throw new Error('the good layer has four files')
  return [first, second, third, last]
}

export const goodTar = (): Buffer => tarOf(...goodEntries())

export interface Parts {
  /** The unpacked layer. */
  readonly tar?: Buffer
  /** The packed one; by default what the tar packs to. */
  readonly layer?: Buffer
  /** Changes the config, or replaces its bytes. */
  readonly config?: (config: ConfigDocument) => unknown
  /** Changes the manifest, or replaces its bytes. */
  readonly manifest?: (manifest: ManifestDocument) => unknown
  /** Blobs in the place of those that the manifest's descriptors were made for. */
  readonly swap?: {readonly config?: Buffer; readonly layer?: Buffer}
}

/** An artifact whose digests and sizes all fit, as somebody makes it who may change everything. */
export function artifactOf({
  tar = goodTar(),
  layer = gzipSync(tar),
  ...changes
}: Parts = {}): Artifact {
  const {config: changeConfig, manifest: changeManifest, swap = {}} = changes
  const config = documentOf(changeConfig, configOf(tar, layer))
  const manifest = documentOf(changeManifest, manifestOf(config, layer))
  const there = {config: swap.config ?? config, layer: swap.layer ?? layer}
  const named = [
    [sha256(manifest), manifest],
    [sha256(config), there.config],
    [sha256(layer), there.layer],
  ] as const
  return {
    manifest,
    blobs: [there.config, there.layer],
    archive: gzipSync(
      tarOf(
        ...layoutEntries(manifest),
        ...named.map(([digest, bytes]) => blobEntry(digest, bytes)),
      ),
    ),
  }
}

const configOf = (tar: Buffer, layer: Buffer): ConfigDocument => ({
  schemaVersion: 1,
  features: [],
  project: 'shop',
  version,
  builder: {name: 'squizzle', version: '1.0.0'},
  releases: [
    {
      ...release(),
      layer: sha256(layer),
      size: layer.length,
      diffId: sha256(tar),
      created: '2024-01-15T10:30:00Z',
    },
  ],
})

const manifestOf = (config: Buffer, layer: Buffer): ManifestDocument => ({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: descriptor('application/vnd.squizzle.config.v1+json', config),
  layers: [descriptor('application/vnd.squizzle.migrations.v1.tar+gzip', layer)],
  annotations: {},
})

function documentOf<T>(change: ((document: T) => unknown) | undefined, document: T): Buffer {
  const changed = change ? change(document) : document
  return Buffer.isBuffer(changed) ? changed : Buffer.from(JSON.stringify(changed))
}

const descriptor = (mediaType: string, bytes: Buffer): DescriptorDocument => ({
  mediaType,
  digest: sha256(bytes),
  size: bytes.length,
})

export const layoutEntry = (): Buffer => file('oci-layout', '{"imageLayoutVersion":"1.0.0"}')

export const indexOf = (manifest: Buffer, tag = version): IndexDocument => ({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [
    {
      ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
      annotations: {'org.opencontainers.image.ref.name': tag},
    },
  ],
})

export const layoutEntries = (manifest: Buffer): Buffer[] => [
  layoutEntry(),
  file('index.json', JSON.stringify(indexOf(manifest))),
]

export const blobEntry = (digest: string, bytes: Buffer): Buffer =>
  file(`blobs/sha256/${digest.slice(7)}`, bytes)
