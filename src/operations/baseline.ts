import type {Digest} from '../artifact/digest.ts'
import type {Version} from '../artifact/version.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import type {Author} from '../database/apply/options.ts'
import {baselinePlan} from '../database/baseline/baseline-plan.ts'
import {readLedger} from '../database/ledger/read.ts'
import {planBaseline} from '../database/plan/baseline.ts'
import {scriptsToVerify} from '../database/plan/verify.ts'
import {verifyScripts} from '../database/verify/verify-scripts.ts'
import {readStatement} from '../schema/outside-statement.ts'
import {choose, referenceOf} from './choose.ts'
import type {Context} from './context.ts'
import {fetchLayers} from './layers.ts'
import {withProjectDatabase} from './project-database.ts'
import {withScripts} from './scripts.ts'
import {describeVerified, refuseFailed, type VerifiedFile} from './verified.ts'

export interface BaselineInput {
  /** A version, tag or digest. */
  readonly reference: string
  readonly database: DatabaseSettings
  readonly author: Author
  readonly dryRun: boolean
  /** Ask no storage: the builds made here, and what the cache remembers. */
  readonly offline: boolean
}

export interface BaselineResult {
  readonly version: Version
  readonly digest: Digest
  readonly reference: string
  /** Free of secrets. */
  readonly database: string
  readonly dryRun: boolean
  /** Releases to record; none where the ledger has them all. */
  readonly plan: readonly Version[]
  /** The verify scripts of the plan, and that they passed. */
  readonly scripts: readonly VerifiedFile[]
  /** Releases that this run recorded. */
  readonly recorded: readonly Version[]
  readonly runId?: string
}

/**
 * Adopts a database that has what a version makes already: its releases are recorded, none is run. Their verify scripts
 * must agree first, on a dry run too.
 * @param onVerified is told what became of them, before a failing one is thrown
 * @throws VERIFY_FAILED; as `choose`, `planBaseline` and `baselinePlan`
 */
export async function baseline(
  context: Context,
  {reference, database, author, dryRun, offline}: BaselineInput,
  onVerified: (scripts: readonly VerifiedFile[]) => Promise<void> | void = () => undefined,
): Promise<BaselineResult> {
  const chosen = await choose(context, reference, {offline})
  const {config, descriptor} = chosen.artifact
  const place = referenceOf(await context.storage(), chosen)
  return withProjectDatabase(context, database, async (session) => {
    await context.report({type: 'note', text: `artifact: ${place}`})
    const plan = planBaseline(config, await readLedger(session, database))
    const {releases} = plan
    const refetch = offline ? undefined : () => fetchLayers(context, chosen)
    if (releases.length > 0) await refetch?.()
    const {lockTimeout, statementTimeout, waitLock, searchPath} = database
    const shared = {
      lockTimeout,
      statementTimeout,
      searchPath,
      onStep: context.report,
      signal: context.signal,
    }
    return withScripts(context, {releases, refetch}, async (scriptBytes) => {
      const verified = await verifyScripts(session, scriptsToVerify(releases), {
        ...shared,
        scriptBytes,
      })
      const scripts = verified.map(describeVerified)
      await onVerified(scripts)
      refuseFailed(verified)
      const result = {
        version: config.version,
        digest: descriptor.digest,
        reference: place,
        database: session.name,
        dryRun,
        plan: releases.map(({version}) => version),
        scripts,
      }
      if (dryRun || releases.length === 0) return {...result, recorded: []}
      const artifact = {
        ...(chosen.from === 'storage' && {reference: place}),
        manifest: descriptor.digest,
      }
      const options = {...shared, scriptBytes, readStatement, author, artifact, waitLock}
      return {...result, ...(await baselinePlan(session, plan, options))}
    })
  })
}
