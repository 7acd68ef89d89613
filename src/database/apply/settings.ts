import type {Script} from '../../artifact/release.ts'
import {literal, quoteIdentifier} from '../names.ts'
import {connectionCheckInterval} from '../server.ts'
import type {ServerFacts, Session} from '../session.ts'
import type {ApplyOptions} from './options.ts'

type Value = string | number

/** How scripts are run. */
export type ScriptOptions = Pick<ApplyOptions, 'lockTimeout' | 'statementTimeout' | 'searchPath'>

/** PostgreSQL's lock_timeout for scripts that run in transactions, so that live traffic never queues up for long. */
const defaultLockTimeout = '5s'

/**
 * What a transaction's own statements need, whatever was set for role, database or by a script: names mean what they
 * say, texts arrive as they are sent, nothing but a lock ends a transaction early.
 */
export function ledgerSettings(server: ServerFacts, options: ScriptOptions): readonly string[] {
  return [
    setLocal('search_path', 'pg_catalog, pg_temp'),
    setLocal('client_encoding', literal('UTF8')),
    setLocal('standard_conforming_strings', 'on'),
    setLocal('idle_in_transaction_session_timeout', 0),
    ...(server.version >= 170_000 ? [setLocal('transaction_timeout', 0)] : []),
    ...(server.connectionCheck
      ? [setLocal('client_connection_check_interval', connectionCheckInterval)]
      : []),
    setLocal('lock_timeout', literal(options.lockTimeout ?? defaultLockTimeout)),
    setLocal('statement_timeout', 0),
  ]
}

/** What a script in a transaction starts with, on top of `ledgerSettings`. */
export function scriptSettings(script: Script, options: ScriptOptions): readonly string[] {
  const {lockTimeout} = script
  return [
    setLocal('search_path', searchPath(options)),
    ...(lockTimeout === undefined ? [] : [setLocal('lock_timeout', literal(lockTimeout))]),
    setLocal('statement_timeout', statementTimeout(script, options)),
  ]
}

/**
 * What a script outside transactions starts with, for the session: no short lock_timeout, as a concurrent build that
 * gives up leaves an invalid index.
 */
export function sessionSettings(
  script: Script,
  server: ServerFacts,
  options: ScriptOptions,
): readonly string[] {
  return [
    `SET search_path TO ${searchPath(options)}`,
    `SET lock_timeout TO ${literal(script.lockTimeout ?? '0')}`,
    `SET statement_timeout TO ${statementTimeout(script, options)}`,
    ...(server.connectionCheck
      ? [`SET client_connection_check_interval TO ${connectionCheckInterval}`]
      : []),
  ]
}

/** Takes back what a script set for its session. */
export function sessionResets({
  engine,
  server,
}: Pick<Session, 'engine' | 'server'>): readonly string[] {
  // the embedded database logs nobody in, so there is no role to go back to by itself
  const role =
    engine === 'pglite'
      ? `SET SESSION AUTHORIZATION ${quoteIdentifier(server.role, 'the role')}`
      : 'RESET SESSION AUTHORIZATION'
  return [role, 'RESET ROLE', 'RESET ALL']
}

/**
 * Takes away what a script left in its session beside settings: temporary tables, prepared statements, channels,
 * cursors. The next script must not see them, as a run that goes on after this one would not either.
 * @param batches of the script
 */
export function sessionLeftovers(
  {server}: Pick<Session, 'server'>,
  batches: readonly {readonly text: string}[],
): readonly string[] {
  const leftovers = ['CLOSE ALL', 'UNLISTEN *', 'DISCARD TEMP']
  if (!server.pooled) return [...leftovers, 'DEALLOCATE ALL']
  // the pooler's own prepared statements are in use by others; a lock would stay with them
  const prepared = batches.some(({text}) => /\bprepare\b/i.test(text)) ? [deallocate] : []
  return [...leftovers, ...prepared, 'SELECT pg_catalog.pg_advisory_unlock_all()']
}

/** What was prepared by SQL, not by the protocol. */
const deallocate = `DO $squizzle$ DECLARE name pg_catalog.text; BEGIN
  FOR name IN SELECT s.name FROM pg_catalog.pg_prepared_statements s WHERE s.from_sql LOOP
    EXECUTE pg_catalog.format('DEALLOCATE %I', name);
  END LOOP; END $squizzle$`

function searchPath({searchPath: names}: ScriptOptions): string {
  if (names === undefined || names.length === 0) return 'DEFAULT'
  return names.map((name) => quoteIdentifier(name, 'database.searchPath')).join(', ')
}

function statementTimeout(script: Script, options: ScriptOptions): string {
  return literal(script.statementTimeout ?? options.statementTimeout ?? '0')
}

function setLocal(name: string, value: Value): string {
  return `SET LOCAL ${name} TO ${value}`
}
