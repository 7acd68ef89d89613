import {promisify} from 'node:util'
import zlib from 'node:zlib'
import {SquizzleError} from '../errors.ts'
import {sha256, type Digest} from './digest.ts'
import {limits} from './limits.ts'
import {encodeRelease, releaseFile, scriptsOf} from './release-json.ts'
import type {Release, ReleaseEntry} from './release.ts'
import {sameRelease} from './same-release.ts'
import {decodeTar, encodeTar, tarSize, type TarEntry} from './tar.ts'

const gzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip)
const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)

/** A release as bytes. */
export interface PackedLayer {
  readonly bytes: Buffer
  readonly digest: Digest
  readonly diffId: Digest
}

/** Contents of a layer's SQL files by their path in the release (`0004_orders.sql`). */
export type LayerFiles = ReadonlyMap<string, Buffer>

/** Packs a release: the same release and files give the same `diffId` everywhere. */
export async function packLayer(release: Release, files: LayerFiles): Promise<PackedLayer> {
  const entries: TarEntry[] = scriptsOf(release).map(({path}) => {
    const bytes = files.get(path)
    if (!bytes) throw new Error(`no content for ${path}`)
    return {path, bytes}
  })
  entries.push({path: releaseFile, bytes: encodeRelease(release)})
  const tar = await encodeTar(
    entries
      .toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
      .map(({path, bytes}) => ({path: `${release.version}/${path}`, bytes})),
  )
  const bytes = await gzip(tar, {level: 6})
  // The header's "operating system" says Unix everywhere: the bytes should not tell who built them.
  bytes[9] = 3
  return {bytes, digest: sha256(bytes), diffId: sha256(tar)}
}

/**
 * Opens a layer, whose bytes were checked against their digest, and holds it against what the config says of it:
 * identity, `release.json`, every file there with its digest and no other.
 * @throws INTEGRITY, TOO_LARGE
 */
export async function openLayer(bytes: Buffer, entry: ReleaseEntry): Promise<LayerFiles> {
  const tar = await unzip(bytes, entry)
  if (sha256(tar) !== entry.diffId)
    throw mismatch(entry, 'its content is not what the config names')
  const files = new Map<string, Buffer>()
  for (const {path, bytes: content} of await decodeTar(tar)) {
    const [folder, name = '', ...rest] = path.split('/')
    if (folder !== entry.version || name === '' || rest.length > 0 || files.has(name)) {
      throw mismatch(entry, `${JSON.stringify(path)} has no place in it`)
    }
    files.set(name, Buffer.from(content.buffer, content.byteOffset, content.length))
  }
  const release = files.get(releaseFile)
  files.delete(releaseFile)
  if (!release || !sameRelease(release, entry)) {
    throw mismatch(entry, `its ${releaseFile} is not what the config says`)
  }
  for (const {path, digest, size} of scriptsOf(entry)) {
    const content = files.get(path)
    if (content?.length !== size || sha256(content) !== digest) {
      throw mismatch(entry, `${path} is not what the config says`)
    }
  }
  if (files.size !== scriptsOf(entry).length)
    throw mismatch(entry, 'it holds files that the config lacks')
  return files
}

/** Never more than the config says, which is never more than the limit: a bomb stops there. */
async function unzip(bytes: Buffer, entry: ReleaseEntry): Promise<Buffer> {
  const sizes = scriptsOf(entry).map(({size}) => size)
  const declared = tarSize(sizes)
  if (declared > limits.layer) {
    throw new SquizzleError(
      'TOO_LARGE',
      `release ${entry.version} holds more than 512 MiB of SQL`,
      {
        hint: 'Split it into several releases.',
      },
    )
  }
  // The config repeats release.json nearly byte for byte, so its length there bounds it here.
  const maxOutputLength = declared + 512 + Buffer.byteLength(JSON.stringify(entry)) + 1024
  try {
    return await gunzip(bytes, {maxOutputLength})
  } catch (error) {
    throw mismatch(entry, 'it does not unpack to what the config says', error)
  }
}

function mismatch(entry: ReleaseEntry, why: string, cause?: unknown): SquizzleError {
  return new SquizzleError('INTEGRITY', `the layer of ${entry.version} does not match: ${why}`, {
    hint: 'Run `squizzle cache clear`, pull again, and if it stays so, do not use this artifact.',
    details: {version: entry.version, layer: entry.layer, diffId: entry.diffId},
    cause,
  })
}
