import {mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {Descriptor} from '../../artifact/descriptor.ts'
import {sweepLeftovers} from '../../files/sweep.ts'
import {explainWriteError, temporaryPrefix} from '../../files/write.ts'
import {blobFolder} from '../blobs/path.ts'
import type {Cache} from '../cache.ts'

/** The name of the one manifest in a layout, and of the layout's folder: operands of `oras cp` hold nothing else. */
const name = 'artifact'

/** A private OCI image layout whose blobs are the cache's. */
export interface Layout {
  /** Where `oras` runs, so that `operand` names the layout without any path in it. */
  readonly cwd: string
  readonly operand: string
  /** Bytes that have arrived and are not in place yet. To be asked now and then: it keeps the layout from a clean-up. */
  readonly arriving: () => Promise<number>
}

/**
 * Runs the work with a layout into which a pull goes. Two processes on one index would lose each other's
 * entries, hence one for each; a blob arrives in a folder of its own and is renamed into the cache when it
 * is whole and its digest right.
 * @throws NOT_WRITABLE
 */
export async function withEmptyLayout<T>(
  cache: Cache,
  work: (layout: Layout) => Promise<T>,
): Promise<T> {
  const blobs = blobFolder(cache.folder)
  await mkdir(blobs, {recursive: true}).catch((error: unknown) => {
    throw explainWriteError(error, blobs)
  })
  await sweepLeftovers(cache.folder)
  // beside the blobs, for a rename stays within one file system
  return withLayout(cache, cache.folder, undefined, work)
}

/** Runs the work with a layout that holds the manifest, from which a push goes. Nothing is written to the cache. */
export async function withFilledLayout<T>(
  cache: Cache,
  manifest: Descriptor,
  work: (layout: Layout) => Promise<T>,
): Promise<T> {
  return withLayout(cache, tmpdir(), manifest, work)
}

async function withLayout<T>(
  cache: Cache,
  parent: string,
  manifest: Descriptor | undefined,
  work: (layout: Layout) => Promise<T>,
): Promise<T> {
  const cwd = await mkdtemp(join(parent, `${temporaryPrefix}oras-`)).catch((error: unknown) => {
    throw explainWriteError(error, parent)
  })
  try {
    const folder = join(cwd, name)
    await mkdir(folder)
    // a junction is what Windows lets everybody make; elsewhere it is a link like any other
    await symlink(dirname(blobFolder(cache.folder)), join(folder, 'blobs'), 'junction')
    if (manifest !== undefined) {
      await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
      await writeFile(join(folder, 'index.json'), indexOf(manifest))
    }
    const ingest = join(folder, 'ingest')
    const arriving = async () => {
      // another process takes away what has not changed for an hour
      await utimes(cwd, new Date(), new Date())
      return bytesIn(ingest)
    }
    return await work({cwd, operand: `${name}:${name}`, arriving})
  } finally {
    await rm(cwd, {recursive: true, force: true})
  }
}

function indexOf({mediaType, digest, size}: Descriptor): string {
  const annotations = {'org.opencontainers.image.ref.name': name}
  return JSON.stringify({schemaVersion: 2, manifests: [{mediaType, digest, size, annotations}]})
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = names.map(async (file) => {
    const found = await stat(join(folder, file)).catch(() => undefined)
    return found?.size ?? 0
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
