import {randomUUID} from 'node:crypto'
import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {quoteSchema} from '../ledger/ddl.ts'
import {fingerprintExpression} from '../ledger/fingerprint.ts'
import {inCatalog, readLedger} from '../ledger/read.ts'
import {lockKey} from '../lock.ts'
import {literal} from '../names.ts'
import {planApply} from '../plan/plan.ts'
import type {ApplyPlan, PlannedRelease} from '../plan/plan.ts'
import {reachedBy} from '../plan/reached.ts'
import type {Session} from '../session.ts'
import {conclude} from './conclude.ts'
import {ensureLedger} from './ensure-ledger.ts'
import type {ApplyOptions} from './options.ts'
import {refuseUnfit} from './refuse.ts'
import {createReporter} from './reporter.ts'
import {interruptionOf, LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import type {SegmentWork} from './segment.ts'
import {releaseSessionLock, takeSessionLock} from './session-lock.ts'
import {reachedWith} from './state.ts'
import {applyStatements} from './statements.ts'
import {applyTransactional} from './transactional.ts'
import {insertEvent} from './writes.ts'

export interface ApplyResult {
  readonly runId: string
  readonly from?: Version
  readonly to: Version
  /** What this run applied, in its order. */
  readonly applied: readonly Version[]
  /** What another run applied while this one waited. */
  readonly skipped: readonly Version[]
}

/** Plans made before a run gives up: each one more means that another run came between. */
const mostRounds = 100

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
  const run = startRun(session, plan, options)
  const applied: Version[] = []
  const stopListening = session.onNotice((notice) => {
    const work = run.current === undefined ? {} : {work: run.current}
    run.reporter.note({type: 'notice', notice, ...work})
  })
  try {
    await carryOut(run, applied)
  } catch (error) {
    throw await conclude(run, error)
  } finally {
    stopListening()
    await releaseSessionLock(run)
  }
  return resultOf(plan, run.plan, run.writer.runId, applied)
}

function startRun(session: Session, plan: ApplyPlan, options: ApplyOptions): Run {
  return {
    session,
    options,
    plan,
    reporter: createReporter(options.onStep),
    interruption: interruptionOf(options.signal),
    key: lockKey(plan.schema, plan.config.project),
    writer: {
      schema: quoteSchema(plan.schema),
      runId: randomUUID(),
      author: options.author,
      artifact: options.artifact ?? {},
    },
    fingerprint: plan.fingerprint,
    reached: plan.reached,
    hasSessionLock: false,
    recorded: false,
  }
}

/** Plans again wherever the ledger turns out to have changed: what another run did along the same artifact is skipped. */
async function carryOut(run: Run, applied: Version[]): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      if (!run.session.server.pooled && !run.hasSessionLock) await takeSessionLock(run)
      await ensureLedger(run)
      await recordRun(run)
      for (const planned of run.plan.releases) {
        await applyRelease(run, planned)
        applied.push(planned.release.version)
      }
      return
    } catch (error) {
      if (!(error instanceof LedgerChanged)) throw error
      if (round === mostRounds) throw neverStill(error)
      await replan(run)
      if (run.plan.releases.length === 0) return
    }
  }
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

/** The run's own event, once, and only while the ledger still is what the plan saw. */
async function recordRun(run: Run): Promise<void> {
  if (run.recorded) return
  const {server} = run.session
  const {version, diffId} = run.plan.config.releases.at(-1) ?? {}
  const facts = {
    ...(version === undefined ? {} : {version}),
    ...(diffId === undefined ? {} : {diffId}),
    ...(server.pooled ? {details: {pooled: true}} : {}),
  }
  const unchanged = `${fingerprintExpression(run.writer.schema)} = ${literal(run.fingerprint)}`
  const sql = insertEvent(run.writer, 'apply', facts, unchanged)
  const rows = await run.session.query(inCatalog(sql))
  if (rows.length === 0) throw new LedgerChanged('the ledger changed before the run')
  run.recorded = true
  await run.reporter.step({type: 'run-recorded', runId: run.writer.runId})
}

async function replan(run: Run): Promise<void> {
  const {config, options, schema} = run.plan
  const before = run.plan.releases.map(({release}) => release.version)
  const {searchPath} = run.options
  const ledger = await readLedger(run.session, {schema, searchPath})
  run.plan = planApply(config, ledger, options)
  run.fingerprint = ledger.fingerprint
  run.reached = reachedBy(ledger, config)
  const left = new Set(run.plan.releases.map(({release}) => release.version))
  const skipped = before.filter((version) => !left.has(version))
  await run.reporter.step({type: 'replanned', skipped})
}

function neverStill(cause: LedgerChanged): SquizzleError {
  return new SquizzleError('UNEXPECTED', 'the ledger does not keep still while it is applied to', {
    hint: 'Look for what writes to it: the events of the ledger name each run.',
    cause,
  })
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
