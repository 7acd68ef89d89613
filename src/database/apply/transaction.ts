import {SquizzleError} from '../../errors.ts'
import {fingerprintExpression} from '../ledger/fingerprint.ts'
import {noFingerprint} from '../ledger/read.ts'
import type {Row} from '../session.ts'
import {isSqlError} from '../sql-error.ts'
import type {SqlError} from '../sql-error.ts'
import {resolveCommit} from './commit.ts'
import {deferrableColumns, deferrableOf} from './deferrable.ts'
import type {DeferrableConstraints} from './deferrable.ts'
import {StatementFailure} from './failure.ts'
import {LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import {pause, send} from './send.ts'
import {lockLiteral} from './session-lock.ts'
import {ledgerSettings, sessionResets} from './settings.ts'
import {describeOutcome} from './state.ts'
import type {Work} from './steps.ts'
import {untilLocked} from './wait.ts'

/** A transaction of this run: it has the lock, and the ledger is what the run thinks it is. */
export interface Transaction {
  /** Its identity, which a COMMIT hidden in a script would change. */
  readonly xid: string
  deferrable: DeferrableConstraints
}

/** SQLSTATEs of what live traffic causes, and time heals: lock_not_available, deadlock_detected, serialization_failure. */
const retryable = ['55P03', '40P01', '40001'] as const

/** SQLSTATEs of a ledger that another run made, added to or dropped in the meantime. */
const changed = ['42P01', '3F000'] as const

const defaultRetry = {limit: 8, delay: 500}

/** Milliseconds between two attempts at most. */
const longestDelay = 30_000

/**
 * Runs the work in a transaction that has the lock, and commits it with the ledger rows that it wrote. What live
 * traffic got in the way of is rolled back and tried again.
 * @throws LedgerChanged, LOCK_TIMEOUT, StatementFailure, Interrupted, CONNECTION_LOST
 */
export async function inTransaction(
  run: Run,
  work: Work,
  body: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  const {limit, delay} = run.options.retry ?? defaultRetry
  for (let attempt = 1; ; attempt += 1) {
    try {
      const transaction = await begin(run)
      await settle(run, transaction, () => body(transaction))
      await commit(run, transaction, work)
      return
    } catch (error) {
      await rollback(run)
      const failure = passingFailure(error)
      if (failure === undefined || attempt > limit) throw error
      const wait = Math.min(longestDelay, delay * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2)
      await run.reporter.step({
        type: 'retry',
        release: work.release,
        sqlstate: failure.code,
        message: failure.message,
        attempt,
        limit,
        delay: wait,
      })
      await pause(run, wait)
    }
  }
}

/** Never of a script that ended the transaction: what it committed would be done twice. */
function passingFailure(error: unknown): SqlError | undefined {
  const isScripts = error instanceof StatementFailure
  if (isScripts && error.outcome !== 'rolled-back') return undefined
  const failure = isScripts ? error.cause : error
  return isSqlError(failure, ...retryable) ? failure : undefined
}

/** @throws LedgerChanged, LOCK_TIMEOUT, Interrupted */
export async function begin(run: Run, ledgerExists = true): Promise<Transaction> {
  const transaction = await untilLocked(run, async () => {
    const [locked, state] = await beginOnce(run, ledgerExists)
    const xid = locked?.['xid'] ?? undefined
    if (xid === undefined) {
      await rollback(run)
      return undefined
    }
    if (ledgerExists && state?.['fingerprint'] !== run.fingerprint) {
      throw new LedgerChanged('the ledger changed before the transaction')
    }
    return {xid, deferrable: deferrableOf(state ?? {})}
  })
  await run.reporter.step({type: 'lock-taken', scope: 'transaction'})
  return transaction
}

/** @throws as `resolveCommit` says where the connection breaks; Interrupted before that */
export async function commit(run: Run, transaction: Transaction, work: Work): Promise<void> {
  await run.reporter.step({type: 'committing', ...work})
  run.interruption.check()
  const sql = `SELECT ${fingerprintExpression(run.writer.schema)} AS fingerprint; COMMIT`
  try {
    const [row] = await run.session.query(sql)
    run.fingerprint = row?.['fingerprint'] ?? noFingerprint
  } catch (error) {
    if (isSqlError(error)) throw explainCommit(run, work, error)
    throw await resolveCommit(run, transaction.xid, work, error)
  }
  await run.reporter.step({type: 'committed', ...work})
}

/** What was put off until now, in a way that squizzle could not see. */
function explainCommit(run: Run, {release}: Work, cause: SqlError): SquizzleError {
  const state = describeOutcome('rolled-back', run)
  const message = `${release} failed when it was committed: ${cause.message}`
  return new SquizzleError(run.kind.failure, message, {
    hint: `${state.charAt(0).toUpperCase()}${state.slice(1)}.`,
    details: {
      release,
      sqlstate: cause.code,
      ...(cause.detail === undefined ? {} : {detail: cause.detail}),
      state,
    },
    cause,
  })
}

/** Never throws: what can't be rolled back any more, the server has. */
export async function rollback({session}: Run): Promise<void> {
  // the cancel request of an interruption may hit the first one
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (session.lost || session.transactionStatus === 'idle') return
    await session.query('ROLLBACK').catch(() => undefined)
  }
}

async function beginOnce(run: Run, ledgerExists: boolean): Promise<readonly Row[]> {
  const fingerprint = ledgerExists ? fingerprintExpression(run.writer.schema) : "''"
  const statements = [
    'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
    // a pooler's connection may be as a stranger left it
    ...(run.session.server.pooled ? sessionResets(run.session) : []),
    ...ledgerSettings(run.session.server, run.options),
    `SELECT CASE WHEN pg_catalog.pg_try_advisory_xact_lock(${lockLiteral(run.key)})
      THEN pg_catalog.pg_current_xact_id()::pg_catalog.text END AS xid`,
    `SELECT ${fingerprint} AS fingerprint, ${deferrableColumns}`,
  ]
  try {
    return await send(run, undefined, () => run.session.query(statements.join(';\n')))
  } catch (error) {
    if (!isSqlError(error, ...changed)) throw error
    throw new LedgerChanged('the ledger is gone', {cause: error})
  }
}

/** Learns, where a script failed, whether the script had ended the transaction itself before. */
async function settle(run: Run, {xid}: Transaction, body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof StatementFailure) || run.session.lost) throw error
    const ended = run.session.transactionStatus !== 'failed'
    await rollback(run)
    const sql = `SELECT pg_catalog.pg_xact_status('${xid}'::pg_catalog.xid8) AS status`
    const [row] = await run.session.query(sql).catch(() => [])
    const committed = row?.['status'] === 'committed'
    throw error.withOutcome(committed ? 'committed' : ended ? 'ended' : 'rolled-back')
  }
}
