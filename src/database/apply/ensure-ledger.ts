import {SquizzleError} from '../../errors.ts'
import {permissionDenied} from '../explain.ts'
import {schemaDdl, tablesDdl} from '../ledger/ddl.ts'
import {fingerprintExpression} from '../ledger/fingerprint.ts'
import {noFingerprint, readLedger} from '../ledger/read.ts'
import {ledgerFormat} from '../ledger/tables.ts'
import {literal} from '../names.ts'
import type {Session} from '../session.ts'
import {isSqlError} from '../sql-error.ts'
import {LedgerChanged} from './run.ts'
import type {Run} from './run.ts'
import {begin, rollback} from './transaction.ts'
import {insertMeta} from '../writes/releases.ts'

/** SQLSTATEs of two runs that make the same things: duplicate_schema, duplicate_table, unique_violation. */
const race = ['42P06', '42P07', '23505'] as const

/**
 * Makes the ledger in a transaction of its own, so that a first release that fails has a place to be recorded.
 * @throws LedgerChanged where another run was first; PERMISSION_DENIED, LOCK_TIMEOUT
 */
export async function ensureLedger(run: Run): Promise<void> {
  if (run.fingerprint !== noFingerprint && (hasRelease(run) || (await hasMeta(run)))) return
  try {
    await begin(run, false)
    const {schema} = run
    const ledger = await readLedger(run.session, {schema, searchPath: run.options.searchPath})
    if (ledger.meta !== undefined) throw new LedgerChanged('another run made the ledger')
    const [row] = await run.session.query(await creation(run, ledger.exists))
    run.fingerprint = row?.['fingerprint'] ?? noFingerprint
  } catch (error) {
    await rollback(run)
    throw explainRefusal(error, run)
  }
  await run.reporter.step({type: 'ledger-created', schema: run.schema})
}

function hasRelease({reached: {at, partial}}: Run): boolean {
  return at !== undefined || partial !== undefined
}

async function hasMeta({session, writer}: Run): Promise<boolean> {
  const [row] = await session.query(`SELECT EXISTS (SELECT FROM ${writer.schema}.meta) AS found`)
  return row?.['found'] === 't'
}

async function creation(run: Run, tablesExist: boolean): Promise<string> {
  const {schema} = run
  const [facts] = await run.session.query(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${literal(schema)}) AS found,
      pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS allowed`,
  )
  // some hosts keep it from ordinary roles
  const systemIdentifier =
    facts?.['allowed'] === 't' ? await readSystemIdentifier(run.session) : undefined
  const meta = {format: ledgerFormat, project: run.project, systemIdentifier}
  return [
    ...(facts?.['found'] === 't' ? [] : [schemaDdl(schema)]),
    ...(tablesExist ? [] : tablesDdl(schema)),
    insertMeta(run.writer, meta),
    `SELECT ${fingerprintExpression(run.writer.schema)} AS fingerprint`,
    'COMMIT',
  ].join(';\n')
}

async function readSystemIdentifier(session: Session): Promise<string | undefined> {
  const [row] = await session.query(
    'SELECT system_identifier::pg_catalog.text AS id FROM pg_catalog.pg_control_system()',
  )
  return row?.['id'] ?? undefined
}

function explainRefusal(error: unknown, run: Run): unknown {
  if (isSqlError(error, ...race)) {
    return new LedgerChanged('another run made the ledger', {cause: error})
  }
  if (!isSqlError(error, '42501')) return error
  return new SquizzleError('PERMISSION_DENIED', permissionDenied(error.message), {
    hint: 'Let a role that may make schemas run the statements that `squizzle status --ledger-ddl` prints.',
    details: {schema: run.schema, role: run.session.server.role, sqlstate: error.code},
    cause: error,
  })
}
