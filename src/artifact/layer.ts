import {SquizzleError} from '../errors.ts'
import type {Chunks} from './bytes.ts'
import {sha256, type Digest} from './digest.ts'
import {gzip} from './gzip.ts'
import {limits} from './limits.ts'
import {encodeRelease, releaseFile, scriptsOf} from './release-json.ts'
import type {Release, ReleaseEntry} from './release.ts'
import {encodeTar, tarSize, type TarEntry} from './tar.ts'

/** A release as bytes. */
export interface PackedLayer {
  readonly bytes: Buffer
  readonly digest: Digest
  readonly diffId: Digest
}

/** Contents of a layer's SQL files by their path in the release (`0004_orders.sql`). */
export type LayerFiles = ReadonlyMap<string, Buffer>

/** Packs a release: the same release and files give the same `diffId` everywhere. @throws TOO_LARGE */
export async function packLayer(release: Release, files: LayerFiles): Promise<PackedLayer> {
  const contents = scriptsOf(release).map(({path}) => {
    const bytes = files.get(path)
    if (!bytes) throw new Error(`no content for ${path}`)
    return {path, bytes}
  })
  refuseHuge(release)
  const list = encodeRelease(release)
  if (list.length > limits.releaseFile) {
    throw tooLarge(`the list of scripts of release ${release.version} is larger than 4 MiB`)
  }
  contents.push({path: releaseFile, bytes: list})
  const entries = contents
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
    .map(({path, bytes}): TarEntry => {
      return {path: `${release.version}/${path}`, size: bytes.length, content: [bytes]}
    })
  const tar = await collect(encodeTar(entries))
  const bytes = await collect(gzip([tar]))
  return {bytes, digest: sha256(bytes), diffId: sha256(tar)}
}

async function collect(chunks: Chunks): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks))
}

/** Bytes at most. */
export interface LayerBounds {
  readonly releaseFile: number
  readonly tar: number
  readonly gzip: number
}

/**
 * The most bytes that a layer can have of which the config says this: a bomb stops there. Its own `release.json` is
 * nearly byte for byte in the config, so its length there bounds it here.
 * @throws TOO_LARGE
 */
export function layerBounds(entry: ReleaseEntry): LayerBounds {
  refuseHuge(entry)
  const sizes = scriptsOf(entry).map(({size}) => size)
  const own = Math.min(Buffer.byteLength(JSON.stringify(entry)), limits.releaseFile)
  const tar = tarSize([...sizes, own])
  // what doesn't shrink is stored, with 5 bytes for each 16 kB at most, and a header and trailer of 18
  return {releaseFile: own, tar, gzip: tar + Math.ceil(tar / 1000) + 64}
}

/** The same limits for those who pack and those who read. @throws TOO_LARGE */
function refuseHuge(release: Release): void {
  const scripts = scriptsOf(release)
  const large = scripts.find(({size}) => size > limits.script)
  if (large) throw tooLarge(`${release.version}/${large.path} is larger than 256 MiB`)
  if (tarSize(scripts.map(({size}) => size)) > limits.layer) {
    throw tooLarge(`release ${release.version} holds more than 512 MiB of SQL`)
  }
  if (scripts.length >= limits.entries) {
    throw tooLarge(`release ${release.version} holds more than ${limits.entries} files`)
  }
}

function tooLarge(message: string): SquizzleError {
  return new SquizzleError('TOO_LARGE', message, {hint: 'Split it into several releases.'})
}
