import type {ReleaseEntry} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import type {Author} from '../database/apply/options.ts'
import type {Ledger, LedgerRelease} from '../database/ledger/ledger.ts'
import {readLedger} from '../database/ledger/read.ts'
import {planRollback, releasesToUndo, type RollbackPlan} from '../database/plan/rollback.ts'
import {earlierReleases} from '../database/plan/undone.ts'
import {rollbackPlan} from '../database/rollback/rollback-plan.ts'
import {readStatement} from '../schema/outside-statement.ts'
import type {Session} from '../database/session.ts'
import type {Context} from './context.ts'
import {withFitSession} from './direct-session.ts'
import {releaseFinder, type ReleaseFinder} from './find-release.ts'
import {describePlanned, type PlannedRelease} from './planned-release.ts'
import {withProjectDatabase} from './project-database.ts'
import {withScripts} from './scripts.ts'
import {stillNamed, type StillNamed} from './still-named.ts'

export interface RollbackInput {
  /** What the database should be at; absent: what it was at before its newest release. */
  readonly to?: Version | undefined
  readonly database: DatabaseSettings
  readonly author: Author
  readonly dryRun: boolean
  /** Ask no storage: the builds made here, and what the cache remembers. */
  readonly offline: boolean
}

export interface RollbackResult {
  /** Free of secrets. */
  readonly database: string
  readonly dryRun: boolean
  /** What the database was at; absent where it had no release. */
  readonly from?: Version
  /** What the database is at now, or would be; absent where no release is left. */
  readonly to?: Version
  /** Where the SQL comes from: the artifact that the ledger recorded, or another that has the release. */
  readonly artifacts: readonly string[]
  readonly plan: readonly PlannedRelease[]
  /** Releases that this run undid. */
  readonly undone: readonly Version[]
  /** Releases that another run undid meanwhile. */
  readonly skipped: readonly Version[]
  /** What `apply` would bring back. */
  readonly stillNamed?: StillNamed
  readonly runId?: string
}

/**
 * Undoes the newest release of a database, or everything above a version.
 * @throws as `releaseFinder`, `planRollback` and `rollbackPlan`
 */
export async function rollback(context: Context, input: RollbackInput): Promise<RollbackResult> {
  const {database, dryRun, offline} = input
  return withProjectDatabase(context, database, async (session) => {
    const ledger = await readLedger(session, database)
    const undone = releasesToUndo(ledger, input.to)
    const finder = releaseFinder(context, ledger, offline)
    const artifacts = await findAll(context, ledger, undone, finder)
    const plan = planRollback(ledger, undone, finder.known, database.transaction)
    const result = {
      database: session.name,
      dryRun,
      ...(plan.from !== undefined && {from: plan.from}),
      ...(plan.to !== undefined && {to: plan.to}),
      artifacts,
      plan: plan.releases.map(describePlanned),
    }
    if (plan.releases.length === 0) return {...result, undone: [], skipped: []}
    const warn = async () => {
      const named = await stillNamed(context, undone, offline)
      return named && {stillNamed: named}
    }
    if (dryRun) return {...result, ...(await warn()), undone: [], skipped: []}
    const [newest] = undone
    const {to: _, ...begun} = result
    const {lockTimeout, statementTimeout, waitLock, searchPath} = database
    const refetch = () => fetchSources(ledger, plan, finder)
    const releases = await refetch()
    const run = (fit: Session) =>
      withScripts(context, {releases, refetch}, (scriptBytes) =>
        rollbackPlan(fit, plan, {
          scriptBytes,
          readStatement,
          author: input.author,
          artifact: {
            ...(newest?.artifact !== undefined && {reference: newest.artifact}),
            ...(newest?.manifest !== undefined && {manifest: newest.manifest}),
          },
          lockTimeout,
          statementTimeout,
          waitLock,
          searchPath,
          onStep: context.report,
          signal: context.signal,
        }),
      )
    const done = await withFitSession(context, database, session, plan, run)
    return {...begun, ...done, ...(await warn())}
  })
}

/** Finds every release whose SQL is needed, and says where. @returns the artifacts as people name them */
async function findAll(
  {report, storage}: Context,
  ledger: Ledger,
  undone: readonly LedgerRelease[],
  finder: ReleaseFinder,
): Promise<readonly string[]> {
  const names = new Set<string>()
  for (const recorded of [...undone, ...earlierReleases(ledger, undone)]) {
    const {artifact, stored} = await finder.find(recorded)
    const {digest} = artifact.descriptor
    const name =
      stored || recorded.artifact !== undefined
        ? (await storage()).reference(digest)
        : `the build of ${artifact.config.version} in the cache`
    if (names.has(name)) continue
    names.add(name)
    const why =
      digest === recorded.manifest ? 'as recorded' : `the newest that contains ${recorded.version}`
    await report({type: 'note', text: `artifact: ${name} (${why})`})
  }
  return [...names]
}

/** Brings the SQL of a plan into the cache. @returns the releases that it is of */
async function fetchSources(
  ledger: Ledger,
  plan: RollbackPlan,
  finder: ReleaseFinder,
): Promise<readonly ReleaseEntry[]> {
  const sources = plan.releases.flatMap(({release, segments}) => [
    release.version,
    ...segments.flatMap(({migrations}) => migrations.map(({source}) => source.release)),
  ])
  const wanted = new Set<Version>(sources)
  const fetched: ReleaseEntry[] = []
  for (const recorded of ledger.releases) {
    if (wanted.has(recorded.version)) fetched.push(await finder.fetch(recorded))
  }
  return fetched
}
