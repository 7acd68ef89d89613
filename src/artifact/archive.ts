import {hexOf} from './digest.ts'
import type {Chunks} from './bytes.ts'
import type {Descriptor} from './descriptor.ts'
import {gzip} from './gzip.ts'
import type {Manifest} from './manifest.ts'
import {mediaTypes} from './media-types.ts'
import {encodeTar, type TarEntry} from './tar.ts'
import {tagOfVersion, type Version} from './version.ts'

/**
 * An exported version: a gzipped tar of an OCI image layout. Its files stand so that each is known before it comes: the
 * two that make it a layout, then manifest, config, and the layers in the manifest's order.
 */
export const layoutFile = 'oci-layout'
export const indexFile = 'index.json'
export const layoutBytes = Buffer.from('{"imageLayoutVersion":"1.0.0"}')

/** The layout's index: the manifest under its version. */
export function encodeIndex(manifest: Descriptor, version: Version): Buffer {
  const {mediaType, digest, size} = manifest
  const annotations = {'org.opencontainers.image.ref.name': tagOfVersion(version)}
  const manifests = [{mediaType, digest, size, annotations}]
  return Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.index, manifests}))
}

export function blobFile({digest}: Descriptor): string {
  return `blobs/sha256/${hexOf(digest)}`
}

function file(path: string, bytes: Buffer): TarEntry {
  return {path, size: bytes.length, content: [bytes]}
}

export function archiveName(version: Version): string {
  return `squizzle-v${version}.tar.gz`
}

/**
 * The bytes of an archive: the same artifact, the same bytes.
 * @param open gives a blob's bytes, which must have been checked.
 */
export function encodeArchive(
  version: Version,
  descriptor: Descriptor,
  {config, layers}: Manifest,
  open: (blob: Descriptor) => Chunks,
): AsyncIterable<Buffer> {
  function* entries(): Generator<TarEntry> {
    yield file(layoutFile, layoutBytes)
    yield file(indexFile, encodeIndex(descriptor, version))
    for (const blob of [descriptor, config, ...layers]) {
      yield {path: blobFile(blob), size: blob.size, content: open(blob)}
    }
  }
  return gzip(encodeTar(entries()))
}
