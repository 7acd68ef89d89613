import {readArchive, type ArchivedArtifact} from '../artifact/archive-reader.ts'
import {shortDigest, type Digest} from '../artifact/digest.ts'
import {sameContent} from '../artifact/history.ts'
import {readLayer} from '../artifact/layer-reader.ts'
import {manifestDescriptor} from '../artifact/manifest.ts'
import {compareVersions, sameVersion, tagOfVersion, type Version} from '../artifact/version.ts'
import {isSquizzleError, SquizzleError} from '../errors.ts'
import {openNamedFile} from '../files/read.ts'
import {localBuilds, recordBuild} from '../storage/workspace/builds.ts'
import {seenAnywhere} from '../storage/workspace/seen.ts'
import {readState} from '../storage/workspace/state.ts'
import type {Context} from './context.ts'
import {linkForPeople} from './layers.ts'
import {openArtifact} from './open-artifact.ts'
import {push, type PushResult} from './push.ts'

export interface ImportInput {
  /** Absolute. */
  readonly paths: readonly string[]
  /** Push what was imported. */
  readonly push: boolean
}

export interface ImportResult {
  /** Lowest version first. */
  readonly imported: readonly Imported[]
  readonly pushed: readonly PushResult[]
}

/** An exported version that is in the cache now. */
export interface Imported {
  readonly version: Version
  readonly project: string
  readonly digest: Digest
  readonly releases: readonly Version[]
  readonly path: string
}

/** Imports files one after the other, then pushes them, lowest version first. @throws as `importArchive` and `push` */
export async function importArchives(
  context: Context,
  {paths, push: isPushed}: ImportInput,
): Promise<ImportResult> {
  const all: Imported[] = []
  for (const path of paths) all.push(await importArchive(context, path))
  const imported = all.toSorted((a, b) => compareVersions(a.version, b.version))
  const pushed: PushResult[] = []
  for (const {version} of isPushed ? imported : []) {
    pushed.push(await push(context, {reference: version, tags: [], force: false}))
  }
  return {imported, pushed}
}

/**
 * Takes an exported version into the cache, as one that was not pushed yet. The file is read to its end first, and all of
 * it checked, before anything is written.
 * @param path absolute.
 * @throws USAGE where there is no such file; INTEGRITY, UNSUPPORTED_FORMAT, TOO_LARGE; OTHER_PROJECT; VERSION_EXISTS
 */
export async function importArchive(context: Context, path: string): Promise<Imported> {
  const archived = await readFile(path, context.signal, readLayer)
  refuseOtherProject(context, archived)
  await refuseOtherContent(context, archived)
  await take(context, path, archived)
  const {config, descriptor} = archived
  return {
    version: config.version,
    project: config.project,
    digest: descriptor.digest,
    releases: config.releases.map(({version}) => version),
    path,
  }
}

async function readFile(
  path: string,
  signal: AbortSignal,
  onLayer: Parameters<typeof readArchive>[2],
): Promise<ArchivedArtifact> {
  const {size, chunks} = await openNamedFile(path, signal)
  try {
    return await readArchive(chunks, size, onLayer)
  } catch (error) {
    if (!isSquizzleError(error)) throw error
    const {code, hint, details, message} = error
    const kept = {...(hint !== undefined && {hint}), details: {...details, path}, cause: error}
    throw new SquizzleError(code, `${path}: ${message}`, kept)
  } finally {
    await chunks.return()
  }
}

function refuseOtherProject({settings}: Context, {config}: ArchivedArtifact): void {
  if (settings.project === undefined || settings.project === config.project) return
  throw new SquizzleError(
    'OTHER_PROJECT',
    `the file holds project ${config.project}, and this is ${settings.project}`,
    {hint: 'Check the file, and `project` in the configuration.'},
  )
}

/** Neither a build made here nor what a storage is known to have may be replaced in silence. */
async function refuseOtherContent(
  {cache, folder}: Context,
  {config, descriptor}: ArchivedArtifact,
): Promise<void> {
  const {version} = config
  const builds = (await localBuilds(folder))
    .filter((build) => sameVersion(build.version, version))
    .map(({manifest}) => ({where: 'as it was built or imported here', digest: manifest.digest}))
  const seen = seenAnywhere(await readState(folder), tagOfVersion(version)).map((one) => ({
    where: `in ${one.url}`,
    digest: one.digest,
  }))
  for (const {where, digest} of [...builds, ...seen]) {
    if (digest === descriptor.digest) continue
    const known = await openArtifact(cache, {...descriptor, digest})
    if (!known || sameContent(known.config, config)) continue
    throw new SquizzleError(
      'VERSION_EXISTS',
      `${version} has other content ${where} than in the file`,
      {
        hint: `It is ${shortDigest(digest)} there, ${shortDigest(descriptor.digest)} in the file. To import it all the same, use another cache (SQUIZZLE_CACHE_DIR).`,
        details: {version, known: digest, file: descriptor.digest},
      },
    )
  }
}

/** Reads the file a second time: each blob is checked again on its way into the cache, the manifest comes last. */
async function take(context: Context, path: string, checked: ArchivedArtifact): Promise<void> {
  const {cache, folder, signal} = context
  const {version} = checked.config
  const again = await readFile(path, signal, async (content, {layer: digest, size}) => {
    if (!(await cache.intact({digest, size}))) await cache.add({digest, size}, content)
  })
  const [manifest, config] = again.bytes
  if (again.descriptor.digest !== checked.descriptor.digest) {
    throw new SquizzleError('INTEGRITY', `${path} was changed while it was read`, {
      hint: 'Run it again.',
    })
  }
  await cache.write(config)
  await cache.write(manifest)
  const build = {
    version,
    manifest: manifestDescriptor(manifest),
    origin: 'import',
    pushedTo: [],
  } as const
  await recordBuild(folder, cache, build, [again.manifest.config, ...again.manifest.layers])
  await linkForPeople(cache, checked)
}
