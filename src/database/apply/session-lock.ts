import {fingerprintExpression} from '../ledger/fingerprint.ts'
import {inCatalog, noFingerprint} from '../ledger/read.ts'
import {lockCondition} from '../lock.ts'
import {literal} from '../names.ts'
import {isSqlError} from '../sql-error.ts'
import {LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import {untilLocked} from './wait.ts'

/** SQLSTATEs of a ledger that is no longer there. */
const vanished = ['42P01', '3F000'] as const

/**
 * Has the lock for the whole run, so that other runs wait in one place and nothing comes between the statements that
 * run outside transactions. Only on a direct connection: a pooler would leave it with a stranger.
 * @throws LOCK_TIMEOUT, LedgerChanged, Interrupted
 */
export async function takeSessionLock(run: Run): Promise<void> {
  const fingerprint =
    run.fingerprint === noFingerprint ? "''" : fingerprintExpression(run.writer.schema)
  const found = await untilLocked(run, () =>
    attempt(run, `pg_catalog.pg_try_advisory_lock(${lockLiteral(run.key)})`, fingerprint),
  )
  run.hasSessionLock = true
  await run.reporter.step({type: 'lock-taken', scope: 'session'})
  if (found !== run.fingerprint) throw new LedgerChanged('the ledger changed before the lock')
}

/**
 * Makes sure that the lock is still there: a script may have let go of it with pg_advisory_unlock_all.
 * @throws LOCK_TIMEOUT, Interrupted
 */
export async function keepSessionLock(run: Run): Promise<void> {
  const held = `EXISTS (SELECT FROM pg_catalog.pg_locks l
    WHERE ${lockCondition(run.key)} AND l.pid = pg_catalog.pg_backend_pid())`
  const again = `CASE WHEN ${held} THEN true
    ELSE pg_catalog.pg_try_advisory_lock(${lockLiteral(run.key)}) END`
  await untilLocked(run, () => attempt(run, again, "''"))
}

/** Never throws: a lock whose session ends is free anyway. */
export async function releaseSessionLock(run: Run): Promise<void> {
  if (!run.hasSessionLock || run.session.lost) return
  const sql = `SELECT pg_catalog.pg_advisory_unlock(${lockLiteral(run.key)})`
  await run.session.query(sql).catch(() => undefined)
}

/** As a typed literal: the smallest 64-bit number could not be written otherwise. */
export function lockLiteral(key: string): string {
  return `${literal(key)}::pg_catalog.int8`
}

/** The ledger's fingerprint with the lock, undefined without. */
async function attempt(run: Run, lock: string, fingerprint: string): Promise<string | undefined> {
  try {
    const sql = `SELECT ${lock} AS locked; SELECT ${fingerprint} AS fingerprint`
    const [taken, state] = await run.session.query(inCatalog(sql))
    return taken?.['locked'] === 't' ? (state?.['fingerprint'] ?? noFingerprint) : undefined
  } catch (error) {
    if (isSqlError(error, ...vanished))
      throw new LedgerChanged('the ledger is gone', {cause: error})
    throw error
  }
}
