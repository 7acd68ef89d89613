import type {Digest} from '../artifact/digest.ts'
import type {Version} from '../artifact/version.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import {applyPlan} from '../database/apply/apply-plan.ts'
import type {Author} from '../database/apply/options.ts'
import {readLedger} from '../database/ledger/read.ts'
import {planApply} from '../database/plan/plan.ts'
import {readStatement} from '../schema/outside-statement.ts'
import {choose, referenceOf} from './choose.ts'
import type {Context} from './context.ts'
import {withFitSession} from './direct-session.ts'
import {fetchLayers} from './layers.ts'
import {describePlanned, type PlannedRelease} from './planned-release.ts'
import {withProjectDatabase} from './project-database.ts'
import {withScripts} from './scripts.ts'

export interface ApplyInput {
  /** A version, tag or digest; the environment's own where absent. */
  readonly reference?: string | undefined
  readonly database: DatabaseSettings
  readonly author: Author
  readonly dryRun: boolean
  readonly allowAhead: boolean
  readonly allowNonempty: boolean
  /** Run the verify script of each migration before it counts as done. */
  readonly verify?: boolean | undefined
  /** Ask no storage: the builds made here, and what the cache remembers. */
  readonly offline: boolean
}

export interface ApplyResult {
  readonly version: Version
  readonly digest: Digest
  readonly reference: string
  readonly why?: string
  /** Free of secrets. */
  readonly database: string
  readonly dryRun: boolean
  /** What the database was at; absent where it had no release. */
  readonly from?: Version
  /** What the database is at now, or would be. */
  readonly to: Version
  readonly plan: readonly PlannedRelease[]
  /** Releases that this run applied. */
  readonly applied: readonly Version[]
  /** Releases that another run applied meanwhile. */
  readonly skipped: readonly Version[]
  /** What the database has beyond the artifact, where that was allowed. */
  readonly ahead: readonly Version[]
  readonly runId?: string
}

/**
 * Brings a database up to an artifact.
 * @throws as `choose`, `planApply` and `applyPlan`
 */
export async function apply(context: Context, input: ApplyInput): Promise<ApplyResult> {
  const {reference, database, dryRun, allowAhead, allowNonempty, offline} = input
  const chosen = await choose(context, reference, {offline})
  const {config, descriptor} = chosen.artifact
  const place = referenceOf(await context.storage(), chosen)
  return withProjectDatabase(context, database, async (session) => {
    const why = chosen.why === undefined ? '' : ` (${chosen.why})`
    await context.report({type: 'note', text: `artifact: ${place}${why}`})
    const ledger = await readLedger(session, database)
    const {transaction} = database
    const plan = planApply(config, ledger, {transaction, allowAhead, allowNonempty})
    const result = {
      version: config.version,
      digest: descriptor.digest,
      reference: place,
      ...(chosen.why !== undefined && {why: chosen.why}),
      database: session.name,
      dryRun,
      ...(plan.from !== undefined && {from: plan.from}),
      to: plan.to,
      plan: plan.releases.map(describePlanned),
      ahead: plan.ahead,
    }
    if (dryRun || plan.releases.length === 0) return {...result, applied: [], skipped: []}
    const {applied, skipped, runId} = await withFitSession(
      context,
      database,
      session,
      plan,
      async (fit) => {
        const refetch = offline ? undefined : () => fetchLayers(context, chosen)
        await refetch?.()
        const releases = plan.releases.map(({release}) => release)
        const {lockTimeout, statementTimeout, waitLock, searchPath} = database
        return withScripts(context, {releases, refetch}, (scriptBytes) =>
          applyPlan(fit, plan, {
            scriptBytes,
            readStatement,
            author: input.author,
            artifact: {
              ...(chosen.from === 'storage' && {reference: place}),
              manifest: descriptor.digest,
            },
            lockTimeout,
            statementTimeout,
            waitLock,
            searchPath,
            verify: input.verify,
            onStep: context.report,
            signal: context.signal,
          }),
        )
      },
    )
    return {...result, applied, skipped, runId}
  })
}
