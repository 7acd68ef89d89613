import {SquizzleError} from '../errors.ts'
import type {ClientSession} from './client/client-session.ts'
import type {Row, ServerFacts} from './session.ts'
import {explainSqlError} from './explain.ts'
import {isSqlError} from './sql-error.ts'

/** `pg_current_xact_id`, on which the check of a transaction's identity rests, is from 13. */
const oldestVersion = 130_000

/** Milliseconds: how soon a server notices that the client of a long statement is gone. */
export const connectionCheckInterval = 500

/** SQLSTATE `invalid_parameter_value`: the system of the server can't tell that a client is gone. */
const invalidParameter = '22023'

/**
 * Asks a server what it is, in one round trip.
 * @throws CONFIG_INVALID for a server that can't hold a ledger; as `explainSqlError` says
 */
export async function inspectServer(session: ClientSession): Promise<ServerFacts> {
  const row = await ask(session)
  const version = Number(row['version'])
  if (!(row['banner'] ?? '').startsWith('PostgreSQL') || version < oldestVersion) {
    throw new SquizzleError('CONFIG_INVALID', `${row['banner']} is not supported`, {
      hint: 'Use PostgreSQL 13 or newer.',
      details: {version},
    })
  }
  return {
    version,
    versionText: (row['version_text'] ?? '').split(' ')[0] ?? '',
    database: row['database'] ?? '',
    role: row['role'] ?? '',
    encoding: row['encoding'] ?? '',
    standby: row['standby'] === 't',
    readOnly: row['read_only'] === 'on',
    pooled: session.announcedBackend !== Number(row['backend']),
    connectionCheck: row['connection_check'] !== null,
    backend: Number(row['backend']),
  }
}

async function ask(session: ClientSession): Promise<Row> {
  try {
    return (await session.query(facts(true)))[0] ?? {}
  } catch (error) {
    if (!isSqlError(error, invalidParameter)) throw explainSqlError(error, session)
    return (await session.query(facts(false)))[0] ?? {}
  }
}

function facts(tryConnectionCheck: boolean): string {
  const setting = "'client_connection_check_interval'"
  // set for this statement alone: servers before 14 lack it, some systems can't do it and say so
  const check = `CASE WHEN pg_catalog.current_setting(${setting}, true) IS NOT NULL
    THEN pg_catalog.set_config(${setting}, '${connectionCheckInterval}', true) END`
  return `SELECT pg_catalog.version() AS banner,
    pg_catalog.current_setting('server_version_num') AS version,
    pg_catalog.current_setting('server_version') AS version_text,
    pg_catalog.current_database() AS database,
    session_user AS role,
    pg_catalog.current_setting('server_encoding') AS encoding,
    pg_catalog.pg_is_in_recovery() AS standby,
    pg_catalog.current_setting('default_transaction_read_only') AS read_only,
    pg_catalog.pg_backend_pid() AS backend,
    ${tryConnectionCheck ? check : 'NULL'} AS connection_check`
}
