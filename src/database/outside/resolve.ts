import {migrationLabel} from '../../artifact/release.ts'
import {applyKind} from '../apply/apply-kind.ts'
import {carryOut} from '../apply/carry-out.ts'
import type {ApplyOptions} from '../apply/options.ts'
import {startRun} from '../apply/run.ts'
import {loadScript} from '../apply/script.ts'
import {send} from '../apply/send.ts'
import {inTransaction} from '../apply/transaction.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {reachedIn} from '../plan/reached.ts'
import {findOpen, planResolve} from '../plan/resolve.ts'
import type {ResolvePlan} from '../plan/resolve.ts'
import type {PackedOf} from '../plan/rollback.ts'
import {SquizzleError} from '../../errors.ts'
import type {Session} from '../session.ts'
import {locate} from '../sql/location.ts'
import type {Location} from '../sql/location.ts'
import {resolution} from './resolution.ts'

export interface ResolveOptions extends ApplyOptions {
  /** What the person gave as the reason, for the ledger. */
  readonly reason: string
  readonly packed: PackedOf
}

/** The statement in question, as a person finds it. */
export interface ShownStatement extends Partial<Location> {
  /** `1.1.0/0004_orders.sql`. */
  readonly file: string
}

/** @throws INTEGRITY */
export async function showStatement(
  {planned, statement}: ResolvePlan,
  {scriptBytes}: Pick<ApplyOptions, 'scriptBytes'>,
): Promise<ShownStatement> {
  const script = await loadScript(planned, scriptBytes)
  const location = locate(script.bytes, script.batches.slice(0, statement), undefined, 0)
  return {file: migrationLabel(script.release, script.script.path), ...location}
}

/**
 * Writes down what a person found of a statement that was begun, and the event that says who it was and why: one
 * transaction, with the lock. Runs none of the script.
 * @throws LOCK_TIMEOUT where a live session has the lock; what `findOpen` throws, where another run was first
 */
export async function resolvePlan(
  session: Session,
  plan: ResolvePlan,
  shown: ShownStatement,
  options: ResolveOptions,
): Promise<{readonly runId: string}> {
  const {schema, project, fingerprint, recorded, row} = plan
  const sizeOf: Parameters<typeof reachedIn>[1] = (release) =>
    options.packed(release)?.migrations.length
  const reachedBy = (ledger: Ledger) => reachedIn(ledger, sizeOf)
  const place = {schema, project, fingerprint, reached: {}, reachedBy}
  const run = startRun({...applyKind, event: 'resolve'}, session, place, options)
  let current = plan
  await carryOut(run, {
    round: async () => {
      const work = {release: recorded.version, migrations: [row.name]}
      const writes = resolution(run.writer, current, shown, options.reason)
      await inTransaction(run, work, () =>
        send(run, work, () => run.session.run(writes.join(';\n'))),
      )
    },
    replan: (ledger) => {
      const open = findOpen(ledger, recorded.version, row.name)
      current = planResolve(ledger, open, plan.verdict, options.packed)
      // another statement than the one that the person looked at
      if (current.statement !== plan.statement || current.row.state !== row.state) throw moved(plan)
      return {skipped: [], done: false}
    },
  })
  return {runId: run.writer.runId}
}

function moved({recorded, row, statement}: ResolvePlan): SquizzleError {
  const label = migrationLabel(recorded.version, row.name)
  return new SquizzleError(
    'USAGE',
    `statement ${statement} of ${label} is no longer open: another run went on`,
    {
      hint: 'Look at `squizzle status` again.',
      details: {version: recorded.version, migration: row.name, statement},
    },
  )
}
