import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Digest} from '../artifact/digest.ts'
import type {OpenLayer} from '../artifact/open-layer.ts'
import type {Version} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import {writeFileWhole} from '../files/write.ts'
import {choose, referenceOf} from './choose.ts'
import {fetchLayers, withLayer, type Refetch} from './layers.ts'
import type {Artifact} from './open-artifact.ts'
import type {Context} from './context.ts'
import {namingTimeout} from './timed-out.ts'

export interface PullInput {
  /** A version, tag or digest; the environment's own where absent. */
  readonly reference?: string | undefined
  /** Absolute folder for the readable SQL tree of all layers. */
  readonly output?: string | undefined
}

export interface PullResult {
  readonly version: Version
  readonly digest: Digest
  readonly reference: string
  readonly why?: string
  readonly releases: readonly Version[]
  /** What was fetched; everything else was in the cache. */
  readonly fetched: {readonly blobs: number; readonly bytes: number}
  readonly output?: string
}

/** Downloads an artifact into the cache, only what it lacks. @throws as `choose`; INTEGRITY, NOT_WRITABLE, VERSION_EXISTS */
export async function pull(context: Context, input: PullInput): Promise<PullResult> {
  return namingTimeout('pulling artifact', () => pullArtifact(context, input))
}

async function pullArtifact(context: Context, {reference, output}: PullInput): Promise<PullResult> {
  const storage = await context.storage()
  const chosen = await choose(context, reference, {builds: false, layers: true})
  const {artifact, why} = chosen
  const fetched = await fetchLayers(context, chosen)
  if (output !== undefined) {
    await writeTree(context, artifact, output, () => fetchLayers(context, chosen))
  }
  const {digest} = artifact.descriptor
  return {
    version: artifact.config.version,
    digest,
    reference: referenceOf(storage, chosen),
    ...(why !== undefined && {why}),
    releases: artifact.config.releases.map(({version}) => version),
    fetched,
    ...(output !== undefined && {output}),
  }
}

async function writeTree(
  context: Context,
  artifact: Artifact,
  output: string,
  refetch: Refetch,
): Promise<void> {
  for (const entry of artifact.config.releases) {
    const write = async (layer: OpenLayer) => {
      for (const path of layer.paths) {
        context.signal.throwIfAborted()
        await writeScript(join(output, entry.version, path), await layer.read(path))
      }
    }
    await withLayer(context, entry, write, refetch)
  }
}

/** A file that is there stays: somebody may have changed it. @throws VERSION_EXISTS where it holds something else */
async function writeScript(path: string, bytes: Uint8Array): Promise<void> {
  if (await writeFileWhole(path, bytes, {ifAbsent: true})) return
  const found = await readFile(path).catch(() => undefined)
  if (found?.equals(bytes) === true) return
  throw new SquizzleError('VERSION_EXISTS', `${path} exists and is not the released file`, {
    hint: 'Move it away, or name another folder with --output.',
    details: {path},
  })
}
