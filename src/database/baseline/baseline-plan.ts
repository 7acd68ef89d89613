import {randomUUID} from 'node:crypto'
import type {Version} from '../../artifact/version.ts'
import {carryOut} from '../apply/carry-out.ts'
import {ensureLedger} from '../apply/ensure-ledger.ts'
import type {RunKind} from '../apply/kind.ts'
import type {ApplyOptions} from '../apply/options.ts'
import {refuseUnfit} from '../apply/refuse.ts'
import {startRun} from '../apply/run.ts'
import {send} from '../apply/send.ts'
import {inTransaction} from '../apply/transaction.ts'
import {insertEvent} from '../writes/events.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {planBaseline} from '../plan/baseline.ts'
import type {BaselinePlan} from '../plan/baseline.ts'
import {reachedBy} from '../plan/reached.ts'
import type {Session} from '../session.ts'
import {insertAdopted} from './writes.ts'

export interface BaselineResult {
  readonly runId: string
  /** What this run recorded. */
  readonly recorded: readonly Version[]
}

const baselineKind: RunKind = {
  event: 'baseline',
  failure: 'UNEXPECTED',
  words: {
    failed: 'rolled back',
    still: 'still ',
    goesOn: 'where the next apply goes on',
    again: 'Run the same command again.',
  },
  // no script runs
  records: {open: () => [], done: () => 'SELECT', close: () => []},
}

/**
 * Records releases as applied, in one transaction with their event. A plan with nothing to record writes nothing.
 * @throws as `applyPlan` does of a run; what `planBaseline` throws, where another run has changed the ledger
 */
export async function baselinePlan(
  session: Session,
  plan: BaselinePlan,
  options: ApplyOptions,
): Promise<BaselineResult> {
  if (plan.releases.length === 0) return {runId: randomUUID(), recorded: []}
  refuseUnfit(session, {releases: []})
  const {config, schema, fingerprint, reached} = plan
  const place = {
    schema,
    project: config.project,
    fingerprint,
    reached,
    reachedBy: (ledger: Ledger) => reachedBy(ledger, config),
  }
  const run = startRun(baselineKind, session, place, options)
  const recorded: Version[] = []
  let current = plan
  await carryOut(run, {
    round: async () => {
      await ensureLedger(run)
      const {releases} = current
      const versions = releases.map(({version}) => version)
      const {version, diffId} = config.releases.at(-1) ?? {}
      const writes = [
        ...releases.flatMap((release, index) => insertAdopted(run.writer, release, index + 1)),
        insertEvent(run.writer, 'baseline', {
          ...(version !== undefined && {version}),
          ...(diffId !== undefined && {diffId}),
          details: {releases: versions},
        }),
      ]
      const work = {release: config.version, migrations: []}
      await inTransaction(run, work, () =>
        send(run, work, () => run.session.run(writes.join(';\n'))),
      )
      recorded.push(...versions)
    },
    replan: (ledger) => {
      current = planBaseline(config, ledger)
      return {
        skipped: plan.releases.slice(current.releases.length).map(({version}) => version),
        done: current.releases.length === 0,
      }
    },
  })
  return {runId: run.writer.runId, recorded}
}
