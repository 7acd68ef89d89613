import * as v from 'valibot'
import {SquizzleError} from '../errors.ts'
import {blobFile, encodeIndex, indexFile, layoutBytes, layoutFile} from './archive.ts'
import type {Chunks} from './bytes.ts'
import {parseConfig} from './config.ts'
import type {Descriptor} from './descriptor.ts'
import {isDigest, sha256, type Digest} from './digest.ts'
import {gunzip} from './gzip.ts'
import {parseDocument} from './json.ts'
import {limits} from './limits.ts'
import {parseManifest, refuseMismatch, type Manifest} from './manifest.ts'
import {mediaTypes} from './media-types.ts'
import type {ArtifactConfig, ReleaseEntry} from './release.ts'
import {readTar, type TarFile} from './tar.ts'

/** An artifact as an archive holds it. */
export interface ArchivedArtifact {
  readonly descriptor: Descriptor
  readonly manifest: Manifest
  readonly config: ArtifactConfig
  /** Of manifest and config. */
  readonly bytes: readonly [manifest: Buffer, config: Buffer]
}

const indexSchema = v.looseObject({
  manifests: v.tuple([
    v.looseObject({
      mediaType: v.literal(mediaTypes.manifest),
      digest: v.custom<Digest>((text) => typeof text === 'string' && isDigest(text)),
      size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    }),
  ]),
})

/**
 * Reads an archive piece by piece: only what `export` writes, each file in its place with the content that its name
 * promises.
 * @param size bytes of the whole archive.
 * @param readLayer takes each layer, and must read it to its end; what it finds wrong, it throws.
 * @throws INTEGRITY, UNSUPPORTED_FORMAT, TOO_LARGE
 */
export async function readArchive(
  chunks: Chunks,
  size: number,
  readLayer: (content: AsyncIterable<Buffer>, entry: ReleaseEntry) => Promise<unknown>,
): Promise<ArchivedArtifact> {
  if (size > largestArchive)
    throw tooLarge(`an archive of ${size} bytes is larger than any artifact`)
  const files = readTar(gunzip(chunks, size, refuse), refuse)
  try {
    const layout = await wholeFile(files, layoutFile, layoutBytes.length)
    if (!layout.equals(layoutBytes)) throw refuse(`${layoutFile} is another one`)
    const index = await wholeFile(files, indexFile, largestIndex)
    const descriptor = manifestOf(index)
    if (descriptor.size > limits.manifest)
      throw tooLarge(`its manifest has ${descriptor.size} bytes`)
    const manifestBytes = await blob(files, descriptor)
    const manifest = parseManifest(manifestBytes)
    const configBytes = await blob(files, manifest.config)
    const config = parseConfig(configBytes)
    refuseMismatch(manifest, config)
    if (!index.equals(encodeIndex(descriptor, config.version))) {
      throw refuse(`${indexFile} is not that of ${config.version}`)
    }
    for (const [at, layer] of manifest.layers.entries()) {
      const {content} = await nextFile(files, blobFile(layer), layer.size)
      const entry = config.releases[at]
      if (!entry) throw new Error('config and manifest were said to agree')
      await readLayer(content, entry)
    }
    const {value: more} = await files.next()
    if (more) throw refuse(`${JSON.stringify(more.path)} has no place in it`)
    return {descriptor, manifest, config, bytes: [manifestBytes, configBytes]}
  } finally {
    await files.return()
  }
}

/** Bytes: the blobs, which hardly grow when they are packed again. */
const largestArchive = limits.artifact + limits.artifact / 1000 + 64 * 1024 * 1024

/** Bytes: one manifest and its tag. */
const largestIndex = 1024

function manifestOf(index: Buffer): Descriptor {
  const result = v.safeParse(indexSchema, parseDocument(index, refuse), {abortEarly: true})
  if (!result.success) throw refuse(`${indexFile} does not name one manifest`)
  const [{mediaType, digest, size}] = result.output.manifests
  return {mediaType, digest, size}
}

async function blob(files: AsyncGenerator<TarFile>, descriptor: Descriptor): Promise<Buffer> {
  const bytes = await contentOf(await nextFile(files, blobFile(descriptor), descriptor.size))
  if (sha256(bytes) === descriptor.digest) return bytes
  throw refuse(`${blobFile(descriptor)} holds something else`)
}

async function wholeFile(
  files: AsyncGenerator<TarFile>,
  path: string,
  largest: number,
): Promise<Buffer> {
  const file = await nextFile(files, path)
  if (file.size > largest) throw refuse(`${path} has ${file.size} bytes`)
  return contentOf(file)
}

async function nextFile(
  files: AsyncGenerator<TarFile>,
  path: string,
  size?: number,
): Promise<TarFile> {
  const {value: file} = (await files.next()) as IteratorResult<TarFile, undefined>
  if (file === undefined) throw refuse(`${path} is missing`)
  if (file.path !== path) throw refuse(`${JSON.stringify(file.path)} stands where ${path} should`)
  if (size !== undefined && file.size !== size) {
    throw refuse(`${path} has ${file.size} bytes, not ${size}`)
  }
  return file
}

async function contentOf({content}: TarFile): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(content))
}

function tooLarge(message: string): SquizzleError {
  return new SquizzleError('TOO_LARGE', message, {
    hint: 'Check the file: an artifact has 10GB at most, and its manifest 4 MiB.',
  })
}

function refuse(why: string, cause?: unknown): SquizzleError {
  return new SquizzleError('INTEGRITY', `the archive is not one that squizzle exported: ${why}`, {
    hint: 'Take another copy of it, or export the version again from where it is intact.',
    cause,
  })
}
