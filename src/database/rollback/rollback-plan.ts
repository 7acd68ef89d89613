import {randomUUID} from 'node:crypto'
import type {Version} from '../../artifact/version.ts'
import {carryOut, recordRun} from '../apply/carry-out.ts'
import type {ApplyOptions} from '../apply/options.ts'
import {readReached} from '../apply/conclude.ts'
import {refuseUnfit} from '../apply/refuse.ts'
import {startRun} from '../apply/run.ts'
import type {Run} from '../apply/run.ts'
import type {SegmentWork} from '../apply/segment.ts'
import {applyTransactional} from '../apply/transactional.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {PlannedRelease} from '../plan/plan.ts'
import {reachedIn} from '../plan/reached.ts'
import type {Reached} from '../plan/reached.ts'
import {planRollback} from '../plan/rollback.ts'
import type {RollbackPlan} from '../plan/rollback.ts'
import type {Session} from '../session.ts'
import {rollbackKind} from './rollback-kind.ts'
import {settleForward} from './settle-forward.ts'
import {undoStatements} from './undo-statements.ts'

export interface RollbackResult {
  readonly runId: string
  /** What this run undid, in its order. */
  readonly undone: readonly Version[]
  /** What another run undid while this one waited. */
  readonly skipped: readonly Version[]
  /** What the database is at now; absent where no release is left. */
  readonly to?: Version
}

/**
 * Carries out a plan: one release at a time, newest first, its segments in reverse, the ledger's rows taken away in the
 * transaction that undoes what they record. Whatever dies, whenever it dies, `rollback` goes on from there, and `apply`
 * would complete the release again. A plan with nothing to do writes nothing.
 * @throws ROLLBACK_FAILED with file, line, column and the state of the database; what `applyPlan` throws beside it
 */
export async function rollbackPlan(
  session: Session,
  plan: RollbackPlan,
  options: ApplyOptions,
): Promise<RollbackResult> {
  const wanted = plan.releases.map(({release}) => release)
  if (plan.releases.length === 0)
    return {...toOf(plan), runId: randomUUID(), undone: [], skipped: []}
  refuseUnfit(session, plan)
  const {schema, project, fingerprint, reached, packed} = plan
  const place = {
    schema,
    project,
    fingerprint,
    reached,
    reachedBy: (ledger: Ledger) => reachedIn(ledger, (one) => packed(one)?.migrations.length),
  }
  const run = startRun(rollbackKind(plan.to), session, place, options)
  const undone: Version[] = []
  let current = plan
  await carryOut(run, {
    round: async () => {
      const [{version, diffId} = {}] = wanted
      const details = plan.to === undefined ? {} : {details: {to: plan.to}}
      await recordRun(run, {
        ...(version === undefined ? {} : {version}),
        ...(diffId === undefined ? {} : {diffId}),
        ...details,
      })
      for (const [index, planned] of current.releases.entries()) {
        const before = current.releases[index + 1]?.release.version ?? current.to
        await undoRelease(run, planned, before)
        undone.push(planned.release.version)
      }
    },
    replan: (ledger) => {
      const before = current.releases.map(({release}) => release.version)
      current = planRollback(ledger, plan.undone, packed, plan.transaction)
      const left = new Set(current.releases.map(({release}) => release.version))
      return {
        skipped: before.filter((version) => !left.has(version) && !undone.includes(version)),
        done: current.releases.length === 0,
      }
    },
  })
  return {
    runId: run.writer.runId,
    undone,
    skipped: wanted.map(({version}) => version).filter((version) => !undone.includes(version)),
    ...toOf(current),
  }
}

/** @param before what the database was at before this release */
async function undoRelease(
  run: Run,
  planned: PlannedRelease,
  before: Version | undefined,
): Promise<void> {
  const {release, segments} = planned
  let left = segments.flatMap(({migrations}) => migrations).length
  await settleForward(run, planned)
  await run.reporter.step({type: 'release-begun', release: release.version, migrations: left})
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    const work: SegmentWork = {...segment, planned, first: index === 0, last}
    if (segment.transaction) await applyTransactional(run, work)
    else await outside(run, work, before, left)
    left -= segment.migrations.length
    run.reached = reachedBackTo(before, planned, last ? undefined : left)
  }
  await run.reporter.step({type: 'release-undone', release: release.version})
}

async function outside(
  run: Run,
  work: SegmentWork,
  before: Version | undefined,
  left: number,
): Promise<void> {
  run.reached = reachedBackTo(before, work.planned, left)
  try {
    await undoStatements(run, work, left)
  } catch (error) {
    // what failed without a trace is as it was before
    if (run.reached.open === undefined) run.reached = await readReached(run)
    throw error
  }
}

/** @param left migrations of the release that are still applied; undefined where it is undone */
function reachedBackTo(
  before: Version | undefined,
  {release}: PlannedRelease,
  left: number | undefined,
): Reached {
  const at = before === undefined ? {} : {at: before}
  if (left === undefined) return at
  return {...at, partial: {version: release.version, done: left, of: release.migrations.length}}
}

function toOf({to}: RollbackPlan): Pick<RollbackResult, 'to'> {
  return to === undefined ? {} : {to}
}
