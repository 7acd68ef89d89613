import {createHash} from 'node:crypto'
import {explainSqlError} from './explain.ts'
import {inCatalog} from './ledger/read.ts'
import type {Row, Session} from './session.ts'

/** Kept for good: two versions of squizzle must exclude each other. */
const prefix = 'squizzle lock 1'

/**
 * The key of the advisory lock that one ledger's runs exclude each other with: the same for locks of a transaction
 * and of a session, and within one database. A signed 64-bit number, as SQL writes it.
 */
export function lockKey(schema: string, project: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([prefix, schema, project]))
    .digest()
  return hash.readBigInt64BE(0).toString()
}

/** The session that has the lock, or is in the way otherwise. */
export interface LockOwner {
  readonly pid: number
  readonly application: string
  /** Address of its client; absent for a local one, or where the role may not see it. */
  readonly host?: string
  readonly role?: string
  /** Begin of its transaction, else of its session; ISO 8601. */
  readonly since?: string
  /** Its last query, cut short. */
  readonly query?: string
}

/** Characters of the owner's query to show. */
const queryLength = 200

/** How `pg_locks` writes the key of an advisory lock that is one 64-bit number. */
export function lockCondition(key: string): string {
  const bits = BigInt.asUintN(64, BigInt(key))
  return `l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
    AND l.classid = ${bits >> 32n}::pg_catalog.oid AND l.objid = ${bits & 0xff_ff_ff_ffn}::pg_catalog.oid
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`
}

/**
 * Who has the lock now; undefined where nobody has. A standby doesn't know of its primary's locks.
 * @throws CONNECTION_LOST
 */
export async function readLockOwner(session: Session, key: string): Promise<LockOwner | undefined> {
  const sql = `SELECT l.pid, ${ownerColumns}
    FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE ${lockCondition(key)} AND l.pid <> pg_catalog.pg_backend_pid() LIMIT 1`
  const [row] = await session.query(inCatalog(sql)).catch((error: unknown) => {
    throw explainSqlError(error, session)
  })
  return row === undefined ? undefined : parseOwner(row)
}

/** Columns of a query that has `a`, a row of pg_stat_activity, beside the `pid` that `parseOwner` reads too. */
export const ownerColumns = `a.application_name AS application, a.usename AS role,
  pg_catalog.host(a.client_addr) AS host,
  pg_catalog.to_json(coalesce(a.xact_start, a.backend_start)) AS since,
  pg_catalog.left(a.query, ${queryLength}) AS query`

export function parseOwner(row: Row): LockOwner {
  const since = JSON.parse(row['since'] ?? 'null') as string | null
  return {
    pid: Number(row['pid']),
    application: row['application'] ?? '',
    ...(row['host'] === null ? {} : {host: row['host'] ?? ''}),
    ...(row['role'] === null ? {} : {role: row['role'] ?? ''}),
    ...(since === null ? {} : {since: new Date(since).toISOString()}),
    ...(row['query'] === null ? {} : {query: row['query'] ?? ''}),
  }
}

/** Characters of the owner's query that fit a line. */
const shownQuery = 80

/** `process 4711 (squizzle) on 10.0.0.7 since 2026-11-23T05:04:53.000Z: ALTER TABLE ...`. */
export function describeLockOwner({pid, application, host, since, query = ''}: LockOwner): string {
  const parts = [`process ${pid}`, application === '' ? '' : `(${application})`]
  if (host !== undefined) parts.push(`on ${host}`)
  if (since !== undefined) parts.push(`since ${since}`)
  const who = parts.filter((part) => part !== '').join(' ')
  const line = query.replaceAll(/\s+/g, ' ').trim()
  if (line === '') return who
  return `${who}: ${line.length > shownQuery ? `${line.slice(0, shownQuery - 3)}...` : line}`
}
