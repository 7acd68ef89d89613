import type {Digest} from '../artifact/digest.ts'
import type {Release} from '../artifact/release.ts'
import {isStable, stableOf, type Version} from '../artifact/version.ts'
import {readSource} from '../source/read.ts'
import {askStorage} from './ask-storage.ts'
import {findBase, type Base} from './build-base.ts'
import {keepBuild} from './build-keep.ts'
import {planBuild, type BuildPlan} from './build-plan.ts'
import {adoptStored, refuseOtherContent} from './build-stored.ts'
import {catalogueOf, type Catalogue} from './catalogue.ts'
import {editedError} from './edited-error.ts'
import type {Artifact} from './open-artifact.ts'
import {packedDigests, packRelease} from './pack-release.ts'
import {projectOf} from './project.ts'
import {readyMigration} from './ready-migration.ts'
import {refuseReleasedElsewhere} from './released-elsewhere.ts'
import {buildsShelf} from './shelves.ts'
import type {Context} from './context.ts'

export interface BuildInput {
  readonly version: Version
  readonly base?: Version | undefined
  readonly merge?: Version | undefined
  readonly notes?: string | undefined
  readonly author?: string | undefined
  readonly dryRun: boolean
  readonly allowEmpty: boolean
  readonly noParse: boolean
  /** Ask no storage: the base is what was built here or what the cache remembers. */
  readonly offline: boolean
  /** Seconds since the epoch, as `SOURCE_DATE_EPOCH` gives them. */
  readonly sourceDateEpoch?: number | undefined
  /** squizzle's own version. */
  readonly toolVersion: string
}

export interface BuildResult {
  readonly version: Version
  readonly project: string
  /** `built`: a new artifact is in the cache; `stored`: the storage has this very content; `nothing`: no migration is new. */
  readonly outcome: 'built' | 'stored' | 'nothing'
  /** Whether the version is an artifact now. */
  readonly released: boolean
  readonly dryRun: boolean
  readonly digest?: Digest
  readonly diffId?: Digest
  /** Bytes of the new layer compressed: what a push uploads. */
  readonly size: number
  /** SQL files in the new layer. */
  readonly files: number
  readonly after: readonly Version[]
  readonly migrations: Release['migrations']
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * Packs the migrations that no release has into one, and leaves it in the cache as an unpushed build.
 * @throws SOURCE_INVALID, RELEASED_FILE_EDITED, RELEASED_ELSEWHERE, VERSION_EXISTS, VERSION_NOT_FOUND, OTHER_PROJECT,
 *   UNREACHABLE and its like where the storage can't be asked and neither base nor offline is given
 */
export async function build(context: Context, input: BuildInput): Promise<BuildResult> {
  const {version, dryRun} = input
  const storage = await context.storage()
  const warnings: string[] = []
  const asked = await askStorage(context, storage, input, warnings)
  const builds = catalogueOf(buildsShelf(context, storage, {notWith: version}))
  const base = await findBase({...input, storage: asked, builds})
  const project = projectOf(context.settings, await knownProject(base, asked), storage.url)

  const plan = await planFolder(context, input, base)
  await refuseReleasedElsewhere(version, base, plan.fresh, [asked, builds])
  const notes = [...base.notes, ...renameNotes(plan)]
  const common = {version, project, dryRun, after: base.after, warnings}
  warnings.push(...plan.warnings)
  if (plan.fresh.length === 0 && !mayBeEmpty(input, base)) {
    const released = base.stored !== undefined
    notes.push('No migration is new: there is nothing to release')
    return {...common, outcome: 'nothing', released, size: 0, files: 0, migrations: [], notes}
  }

  const packed = await packRelease(version, base.after, plan.fresh)
  const {release, layer, files, remarks} = packed
  notes.push(...remarks)
  const {diffId} = layer
  const {migrations} = release
  const result = {...common, diffId, size: layer.bytes.length, files, migrations, notes}
  if (base.stored) {
    refuseOtherContent(base.stored, base, packed, storage.url)
    notes.push(`${version} is in ${storage.url} already, with this content`)
    const artifact = dryRun ? undefined : await adoptStored(context, storage, base.stored, version)
    return {...result, ...digestOf(artifact), outcome: 'stored', released: true}
  }
  if (dryRun) return {...result, outcome: 'built', released: false}
  const {artifact, dropped} = await keepBuild(context, input, base, project, packed)
  notes.push(
    ...dropped.map(
      (other) => `Dropped the unpushed build of ${other}: it was built on other content`,
    ),
  )
  return {...result, ...digestOf(artifact), outcome: 'built', released: true}
}

async function planFolder(context: Context, {noParse}: BuildInput, base: Base): Promise<BuildPlan> {
  const {migrations} = await readSource(context.settings.migrations)
  const {signal} = context
  const options = {released: packedDigests(base.releases), noParse, signal}
  const folder = migrations.map((migration) => readyMigration(migration, options))
  const plan = await planBuild(folder, base.releases, base.merged)
  const [first, ...more] = plan.edited
  if (first) throw await editedError(context, base, [first, ...more])
  return {...plan, warnings: [...folder.flatMap(({warnings}) => warnings), ...plan.warnings]}
}

async function knownProject(base: Base, storage: Catalogue): Promise<string | undefined> {
  return base.project ?? (await storage.headsAbove(undefined))[0]?.config.project
}

/** What merges other releases has content of its own; so has a stable version that ends its pre-releases. */
function mayBeEmpty({allowEmpty, version}: BuildInput, {merged, after}: Base): boolean {
  const [first] = after
  const endsPreRelease =
    isStable(version) && first !== undefined && !isStable(first) && stableOf(first) === version
  return allowEmpty || merged.length > 0 || endsPreRelease
}

function renameNotes({renamed}: BuildPlan): string[] {
  return renamed.map(
    ({from, to, release}) =>
      `${from} is now named ${to}; it stays released as ${from} in ${release}`,
  )
}

function digestOf(artifact: Artifact | undefined): {readonly digest?: Digest} {
  return artifact ? {digest: artifact.descriptor.digest} : {}
}
