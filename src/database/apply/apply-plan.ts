import {randomUUID} from 'node:crypto'
import type {Version} from '../../artifact/version.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {planApply} from '../plan/plan.ts'
import type {ApplyPlan, PlannedRelease} from '../plan/plan.ts'
import {reachedBy} from '../plan/reached.ts'
import type {Session} from '../session.ts'
import {applyKind} from './apply-kind.ts'
import {carryOut, recordRun} from './carry-out.ts'
import {ensureLedger} from './ensure-ledger.ts'
import type {ApplyOptions} from './options.ts'
import {refuseUnfit} from './refuse.ts'
import {startRun} from './run.ts'
import type {Run} from './run.ts'
import type {SegmentWork} from './segment.ts'
import {reachedWith} from './state.ts'
import {applyStatements} from './statements.ts'
import {applyTransactional} from './transactional.ts'

export interface ApplyResult {
  readonly runId: string
  readonly from?: Version
  readonly to: Version
  /** What this run applied, in its order. */
  readonly applied: readonly Version[]
  /** What another run applied while this one waited. */
  readonly skipped: readonly Version[]
}

/**
 * Carries out a plan. Whatever dies, whenever it dies, a plain re-run finishes the job or says what a person must decide:
 * the SQL of a transaction and its ledger rows commit together. A plan with nothing to do writes nothing.
 * @throws MIGRATION_FAILED with file, line, column and the state of the database; LOCK_TIMEOUT, INTERRUPTED, TERMINATED,
 *   CONNECTION_LOST, PERMISSION_DENIED, CONFIG_INVALID for a server that can't do it; what `planApply` throws, where
 *   another run has changed the ledger
 */
export async function applyPlan(
  session: Session,
  plan: ApplyPlan,
  options: ApplyOptions,
): Promise<ApplyResult> {
  if (plan.releases.length === 0) return resultOf(plan, plan, randomUUID(), [])
  refuseUnfit(session, plan)
  const {config, schema, fingerprint, reached} = plan
  const place = {
    schema,
    project: config.project,
    fingerprint,
    reached,
    reachedBy: (ledger: Ledger) => reachedBy(ledger, config),
  }
  const run = startRun(applyKind, session, place, options)
  const applied: Version[] = []
  let current = plan
  await carryOut(run, {
    round: async () => {
      await ensureLedger(run)
      const {version, diffId} = config.releases.at(-1) ?? {}
      await recordRun(run, {
        ...(version === undefined ? {} : {version}),
        ...(diffId === undefined ? {} : {diffId}),
      })
      for (const planned of current.releases) {
        await applyRelease(run, planned)
        applied.push(planned.release.version)
      }
    },
    replan: (ledger) => {
      const before = current.releases.map(({release}) => release.version)
      current = planApply(config, ledger, plan.options)
      const left = new Set(current.releases.map(({release}) => release.version))
      return {
        skipped: before.filter((version) => !left.has(version)),
        done: current.releases.length === 0,
      }
    },
  })
  return resultOf(plan, current, run.writer.runId, applied)
}

async function applyRelease(run: Run, planned: PlannedRelease): Promise<void> {
  const {release, segments} = planned
  await run.reporter.step({
    type: 'release-begun',
    release: release.version,
    migrations: release.migrations.length,
  })
  let done = release.migrations.length - segments.flatMap(({migrations}) => migrations).length
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    const work: SegmentWork = {...segment, planned, first: index === 0, last}
    await (segment.transaction ? applyTransactional(run, work) : applyStatements(run, work))
    done += segment.migrations.length
    run.reached = reachedWith(run.reached, planned, done, last)
  }
  await run.reporter.step({type: 'release-applied', release: release.version})
}

function resultOf(
  plan: ApplyPlan,
  lastPlan: ApplyPlan,
  runId: string,
  applied: readonly Version[],
): ApplyResult {
  const left = new Set(lastPlan.releases.map(({release}) => release.version))
  const skipped = plan.releases
    .map(({release}) => release.version)
    .filter((version) => !left.has(version) && !applied.includes(version))
  return {
    runId,
    ...(plan.from === undefined ? {} : {from: plan.from}),
    to: plan.to,
    applied,
    skipped,
  }
}
