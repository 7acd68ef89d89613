import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {fingerprintExpression} from '../ledger/fingerprint.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {inCatalog, readLedger} from '../ledger/read.ts'
import {literal} from '../names.ts'
import {conclude} from './conclude.ts'
import {LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import {releaseSessionLock, takeSessionLock} from './session-lock.ts'
import {insertEvent} from '../writes/events.ts'
import type {EventFacts} from '../writes/events.ts'

/** Plans made before a run gives up: each one more means that another run came between. */
const mostRounds = 100

export interface Rounds {
  /** The work, with the lock. @throws LedgerChanged where another run came between */
  readonly round: () => Promise<void>
  /** Plans again. @returns the releases that another run did in the meantime, and whether that was all */
  readonly replan: (ledger: Ledger) => {
    readonly skipped: readonly Version[]
    readonly done: boolean
  }
}

/**
 * Carries out a run, planning again wherever the ledger turns out to have changed.
 * @throws what a person is shown, with the state of the database
 */
export async function carryOut(run: Run, rounds: Rounds): Promise<void> {
  const stopListening = run.session.onNotice((notice) => {
    const work = run.current === undefined ? {} : {work: run.current}
    run.reporter.note({type: 'notice', notice, ...work})
  })
  try {
    await repeat(run, rounds)
  } catch (error) {
    throw await conclude(run, error)
  } finally {
    stopListening()
    await releaseSessionLock(run)
  }
}

/** The run's own event, once, and only while the ledger still is what the plan saw. */
export async function recordRun(run: Run, facts: EventFacts): Promise<void> {
  if (run.recorded) return
  const {server} = run.session
  const unchanged = `${fingerprintExpression(run.writer.schema)} = ${literal(run.fingerprint)}`
  const details = {...facts.details, ...(server.pooled ? {pooled: true} : {})}
  const sql = insertEvent(
    run.writer,
    run.kind.event,
    {...facts, ...(Object.keys(details).length === 0 ? {} : {details})},
    unchanged,
  )
  const rows = await run.session.query(inCatalog(sql))
  if (rows.length === 0) throw new LedgerChanged('the ledger changed before the run')
  run.recorded = true
  await run.reporter.step({type: 'run-recorded', runId: run.writer.runId})
}

async function repeat(run: Run, {round, replan}: Rounds): Promise<void> {
  for (let count = 1; ; count += 1) {
    try {
      if (!run.session.server.pooled && !run.hasSessionLock) await takeSessionLock(run)
      await round()
      return
    } catch (error) {
      if (!(error instanceof LedgerChanged)) throw error
      if (count === mostRounds) throw neverStill(error)
      const {schema, options} = run
      const ledger = await readLedger(run.session, {schema, searchPath: options.searchPath})
      const {skipped, done} = replan(ledger)
      run.fingerprint = ledger.fingerprint
      run.reached = run.reachedBy(ledger)
      await run.reporter.step({type: 'replanned', skipped})
      if (done) return
    }
  }
}

function neverStill(cause: LedgerChanged): SquizzleError {
  return new SquizzleError('UNEXPECTED', 'the ledger does not keep still while it is worked on', {
    hint: 'Look for what writes to it: the events of the ledger name each run.',
    cause,
  })
}
