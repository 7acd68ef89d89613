import {lstat, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {archiveName, encodeArchive} from '../artifact/archive.ts'
import {readArchive} from '../artifact/archive-reader.ts'
import type {Descriptor} from '../artifact/descriptor.ts'
import type {Digest} from '../artifact/digest.ts'
import {readLayer} from '../artifact/layer-reader.ts'
import {newestFirst, type Version} from '../artifact/version.ts'
import {isSquizzleError, SquizzleError, type ErrorCode} from '../errors.ts'
import {openNamedFile} from '../files/read.ts'
import {writeFileWhole} from '../files/write.ts'
import {catalogueOf} from './catalogue.ts'
import {choose, referenceOf} from './choose.ts'
import type {Context} from './context.ts'
import {fetchLayers, layerChunks} from './layers.ts'
import type {Artifact} from './open-artifact.ts'
import {buildsShelf, storageShelf} from './shelves.ts'

export interface ExportInput {
  /** A version, tag or digest, or all versions; the environment's own where absent. */
  readonly reference?: string | undefined
  readonly all: boolean
  /** Absolute folder for the files. */
  readonly output: string
  /** Replace a file that is something else. */
  readonly force: boolean
}

export interface ExportedFile {
  readonly version: Version
  readonly digest: Digest
  readonly reference: string
  readonly why?: string
  readonly path: string
  /** Bytes of the file. */
  readonly size: number
  /** `present`: the file was there, intact. */
  readonly state: 'written' | 'present'
}

export interface ExportResult {
  /** Newest version first. */
  readonly files: readonly ExportedFile[]
}

/**
 * Writes versions as files that restore alone: `squizzle-v1.0.0.tar.gz`. A file that is there with this content is left
 * alone; other content is never replaced unless forced.
 * @throws as `choose`; INTEGRITY where an import would refuse it, of all versions after the others were written; VERSION_EXISTS, NOT_WRITABLE
 */
export async function exportVersions(context: Context, input: ExportInput): Promise<ExportResult> {
  if (!input.all) return {files: [await exportOne(context, input.reference, input)]}
  const versions = await everyVersion(context)
  const files: ExportedFile[] = []
  const lost: LostVersion[] = []
  // a version that is damaged must not keep all others out of a backup
  for (const version of versions) {
    await exportOne(context, version, input).then(
      (file) => files.push(file),
      (error: unknown) => {
        if (!isSquizzleError(error) || !lossCodes.has(error.code)) throw error
        lost.push({version, error})
      },
    )
  }
  if (lost.length > 0) throw incomplete(lost, files, versions.length)
  return {files}
}

interface LostVersion {
  readonly version: Version
  readonly error: SquizzleError
}

/** What no other attempt would make better. */
const lossCodes: ReadonlySet<ErrorCode> = new Set([
  'INTEGRITY',
  'UNSUPPORTED_FORMAT',
  'TOO_LARGE',
  'VERSION_NOT_FOUND',
])

function incomplete(
  lost: readonly LostVersion[],
  files: readonly ExportedFile[],
  all: number,
): SquizzleError {
  const names = lost.map(({version}) => version).join(', ')
  return new SquizzleError(
    'INTEGRITY',
    `${lost.length} of ${all} versions were not exported: ${names}`,
    {
      hint: `The others are in their files. Export one of these alone to see what it lacks.`,
      details: {
        lost: lost.map(({version, error}) => ({version, code: error.code, message: error.message})),
        files,
      },
      cause: lost[0]?.error,
    },
  )
}

/** Those of the storage, and those built here that it lacks. @throws VERSION_NOT_FOUND where there is none */
async function everyVersion(context: Context): Promise<readonly Version[]> {
  const storage = await context.storage()
  const shelves = [storageShelf(context, storage), buildsShelf(context, storage)]
  const tagged = await Promise.all(shelves.map((shelf) => catalogueOf(shelf).tagged()))
  const versions = newestFirst(new Set(tagged.flat()))
  if (versions.length > 0) return versions
  throw new SquizzleError('VERSION_NOT_FOUND', `${storage.url} has no version`, {
    hint: 'Check the storage with `squizzle list`.',
  })
}

async function exportOne(
  context: Context,
  reference: string | undefined,
  {output, force}: ExportInput,
): Promise<ExportedFile> {
  const chosen = await choose(context, reference, {layers: true})
  const {artifact, why} = chosen
  const {version} = artifact.config
  const refetch = () => fetchLayers(context, chosen)
  await refetch()
  // what an import would refuse is no backup
  for (const entry of artifact.config.releases) {
    await readLayer(await layerChunks(context, entry, refetch), entry)
  }
  const path = join(output, archiveName(version))
  const state = await writeArchive(context, artifact, path, force)
  return {
    version,
    digest: artifact.descriptor.digest,
    reference: referenceOf(await context.storage(), chosen),
    ...(why !== undefined && {why}),
    path,
    size: (await stat(path)).size,
    state,
  }
}

async function writeArchive(
  context: Context,
  artifact: Artifact,
  path: string,
  force: boolean,
): Promise<ExportedFile['state']> {
  const {descriptor, manifest, config} = artifact
  const archive = () =>
    encodeArchive(config.version, descriptor, manifest, (blob) => blobOf(context, blob))
  for (;;) {
    const found = await digestIn(path, context.signal)
    if (found === descriptor.digest) return 'present'
    if (found !== undefined && !force) throw otherFile(path, config.version, found)
    // another export may have come first
    if (await writeFileWhole(path, archive(), {ifAbsent: !force})) return 'written'
  }
}

async function* blobOf({cache, signal}: Context, blob: Descriptor) {
  const chunks = await cache.open(blob)
  if (!chunks) {
    throw new SquizzleError('INTEGRITY', `${blob.digest} is not in the cache any more`, {
      hint: 'Run it again.',
      details: {digest: blob.digest},
    })
  }
  for await (const piece of chunks) {
    signal.throwIfAborted()
    yield piece
  }
}

/** The manifest of the artifact that a file holds, whole and intact, else what is wrong with the file, if there is one. */
async function digestIn(
  path: string,
  signal: AbortSignal,
): Promise<Digest | SquizzleError | undefined> {
  if ((await lstat(path).catch(() => undefined)) === undefined) return undefined
  try {
    const {size, chunks} = await openNamedFile(path, signal)
    const {descriptor} = await readArchive(chunks, size, readLayer)
    return descriptor.digest
  } catch (error) {
    if (isSquizzleError(error)) return error
    throw error
  }
}

function otherFile(path: string, version: Version, found: Digest | SquizzleError): SquizzleError {
  const what = typeof found === 'string' ? `holds ${found}` : `is no export: ${found.message}`
  return new SquizzleError('VERSION_EXISTS', `${path} exists and is not this ${version}`, {
    hint: `It ${what}. Move it away, or replace it with --force.`,
    details: {path, version, found: typeof found === 'string' ? found : found.message},
  })
}
