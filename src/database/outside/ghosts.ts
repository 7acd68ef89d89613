import {SquizzleError} from '../../errors.ts'
import {poll} from '../apply/wait.ts'
import type {Run} from '../apply/run.ts'
import {inCatalog} from '../ledger/read.ts'
import {describeLockOwner, ownerColumns, parseOwner} from '../lock.ts'
import type {LockOwner} from '../lock.ts'

/**
 * Waits until no other session builds an index: the server of a client that died may still be at it, and to drop what it
 * builds would be to wait for it anyway, or to spoil what a person is doing.
 * @param tables a query for the numbers of their tables
 * @param condition on `p`, a row of pg_stat_progress_create_index, for which of their indexes
 * @throws LOCK_TIMEOUT naming the session
 */
export async function untilBuilt(run: Run, tables: string, condition = 'true'): Promise<void> {
  // the embedded database has one session
  if (run.session.engine === 'pglite') return
  const sql = `SELECT p.pid, ${ownerColumns}
    FROM pg_stat_progress_create_index p LEFT JOIN pg_stat_activity a ON a.pid = p.pid
    WHERE p.datname = current_database() AND p.pid <> pg_backend_pid() AND (${condition}) AND
      CASE WHEN p.relid IS NULL THEN ${locksOne(tables)}
        ELSE p.relid IN (${tables}) AND p.command LIKE '%CONCURRENTLY' END LIMIT 1`
  await untilNobody(run, sql)
}

/**
 * Waits until no other session drops an index: it would be gone under whoever drops it again.
 * @param index its number
 * @throws LOCK_TIMEOUT naming the session
 */
export async function untilDropped(run: Run, index: string): Promise<void> {
  if (run.session.engine === 'pglite') return
  const sql = `SELECT l.pid, ${ownerColumns} FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.relation = ${index}
      AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid() LIMIT 1`
  await untilNobody(run, sql)
}

async function untilNobody(run: Run, sql: string): Promise<void> {
  const find = async () => {
    const [row] = await run.session.query(inCatalog(sql))
    return row === undefined ? undefined : parseOwner(row)
  }
  await poll(run, async () => ((await find()) === undefined ? true : undefined), {
    find,
    step: 'build-waiting',
    failure: (seconds, owner) => stillAtIt(run, seconds, owner),
  })
}

/** What a session of a role that this one may not watch is at, its locks still show. */
function locksOne(tables: string): string {
  return `EXISTS (SELECT FROM pg_locks l WHERE l.pid = p.pid AND l.granted
    AND l.mode = 'ShareUpdateExclusiveLock' AND l.relation IN (${tables}))`
}

function stillAtIt(run: Run, seconds: number, owner: LockOwner | undefined): SquizzleError {
  const who = owner === undefined ? 'another session' : describeLockOwner(owner)
  return new SquizzleError(
    'LOCK_TIMEOUT',
    `another session is still at an index that an interrupted run began with, after ${seconds} seconds: ${who}`,
    {
      hint:
        owner === undefined
          ? 'Try again, or wait longer with --wait-lock.'
          : `Wait longer with --wait-lock; if nobody needs that session any more, end it with SELECT pg_terminate_backend(${owner.pid}).`,
      details: {database: run.session.name, waitedSeconds: seconds, owner},
    },
  )
}
