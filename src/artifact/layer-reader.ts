import {createHash} from 'node:crypto'
import {SquizzleError} from '../errors.ts'
import type {Chunks, Refuse} from './bytes.ts'
import type {Digest} from './digest.ts'
import {gunzip} from './gzip.ts'
import {layerBounds, type LayerBounds} from './layer.ts'
import {releaseFile, scriptsOf} from './release-json.ts'
import type {ReleaseEntry, Script} from './release.ts'
import {sameRelease} from './same-release.ts'
import {readTar, type TarFile} from './tar.ts'

/** Where the content of a file is in the unpacked layer, in bytes. */
export interface Place {
  readonly at: number
  readonly size: number
}

/**
 * Reads a layer piece by piece and holds all of it against what the config says: the digests of the layer, packed and
 * unpacked, `release.json`, every file in its place with its digest, and no other.
 * @param keep takes the unpacked layer as it comes; nothing of it may be used before this function has returned.
 * @returns where each SQL file is in what was kept.
 * @throws INTEGRITY, TOO_LARGE
 */
export async function readLayer(
  chunks: Chunks,
  entry: ReleaseEntry,
  keep?: (unpacked: Buffer) => Promise<void>,
): Promise<ReadonlyMap<string, Place>> {
  const refuse = (why: string, cause?: unknown) => mismatch(entry, why, cause)
  const bounds = layerBounds(entry)
  if (entry.size > bounds.gzip) throw refuse('it is larger than what it holds')
  const packed = createHash('sha256')
  const unpacked = createHash('sha256')

  async function* whole() {
    for await (const piece of chunks) {
      packed.update(piece)
      yield piece
    }
  }
  async function* tar() {
    let size = 0
    for await (const piece of gunzip(whole(), entry.size, refuse)) {
      size += piece.length
      if (size > bounds.tar) throw refuse('it unpacks to more than the config says')
      unpacked.update(piece)
      await keep?.(piece)
      yield piece
    }
  }

  const places = await readFiles(readTar(tar(), refuse), entry, bounds, refuse)
  if (digestOf(packed) !== entry.layer) throw refuse('it is damaged')
  if (digestOf(unpacked) !== entry.diffId) throw refuse('its content is not what the config names')
  return places
}

/** Every file must be the next one that the config leads to expect: so none is missing, and none there twice. */
async function readFiles(
  files: AsyncIterable<TarFile>,
  entry: ReleaseEntry,
  bounds: LayerBounds,
  refuse: Refuse,
): Promise<ReadonlyMap<string, Place>> {
  const expected = filesOf(entry)
  const places = new Map<string, Place>()
  let next = 0
  for await (const file of files) {
    const {path, script} = expected[next++] ?? {}
    if (path === undefined || file.path !== `${entry.version}/${path}`) {
      throw refuse(`${JSON.stringify(file.path)} has no place in it`)
    }
    const {at, size} = file
    if (script) {
      const wrong = size !== script.size || (await hash(file)) !== script.digest
      if (wrong) throw refuse(`${path} is not what the config says`)
      places.set(path, {at, size})
    } else {
      if (size > bounds.releaseFile) throw refuse(`${path} has ${size} bytes`)
      const content = Buffer.concat(await Array.fromAsync(file.content))
      if (!sameRelease(content, entry, refuse)) throw refuse(`${path} is not what the config says`)
    }
  }
  const missing = expected[next]
  if (missing) throw refuse(`${missing.path} is missing`)
  return places
}

function filesOf(entry: ReleaseEntry): {readonly path: string; readonly script?: Script}[] {
  const scripts = scriptsOf(entry).map((script) => ({path: script.path, script}))
  return [...scripts, {path: releaseFile}].toSorted((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  )
}

async function hash({content}: TarFile): Promise<Digest> {
  const digest = createHash('sha256')
  for await (const piece of content) digest.update(piece)
  return digestOf(digest)
}

function digestOf(digest: ReturnType<typeof createHash>): Digest {
  return `sha256:${digest.digest('hex')}` as Digest
}

function mismatch(entry: ReleaseEntry, why: string, cause?: unknown): SquizzleError {
  return new SquizzleError('INTEGRITY', `the layer of ${entry.version} does not match: ${why}`, {
    hint: 'Run `squizzle cache clear`, pull again, and if it stays so, do not use this artifact.',
    details: {version: entry.version, layer: entry.layer, diffId: entry.diffId},
    cause,
  })
}
