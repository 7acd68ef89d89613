import {openSpool} from '../files/spool.ts'
import type {Chunks} from './bytes.ts'
import {layerBounds} from './layer.ts'
import {readLayer} from './layer-reader.ts'
import type {ReleaseEntry} from './release.ts'

/** A layer that was checked whole, whose SQL files can be read in any order: one of them in memory at a time. */
export interface OpenLayer {
  /** Paths in the release, in byte order. */
  readonly paths: readonly string[]
  /** @throws Error where the layer has no such file */
  read(path: string): Promise<Buffer>
  close(): Promise<void>
}

/**
 * Opens a layer: a small one in memory, another in a temporary file that no name leads to.
 * @throws INTEGRITY, TOO_LARGE, NOT_WRITABLE
 */
export async function openLayer(chunks: Chunks, entry: ReleaseEntry): Promise<OpenLayer> {
  const spool = await openSpool(layerBounds(entry).tar)
  try {
    const places = await readLayer(chunks, entry, (piece) => spool.append(piece))
    return {
      paths: [...places.keys()],
      read: async (path) => {
        const place = places.get(path)
        if (!place) throw new Error(`the layer of ${entry.version} has no ${path}`)
        return spool.read(place.at, place.size)
      },
      close: () => spool.close(),
    }
  } catch (error) {
    await spool.close()
    throw error
  }
}
