import {explainSqlError} from '../explain.ts'
import type {Row, Session} from '../session.ts'
import {checkAgreement, checkOwners} from './agreement.ts'
import {quoteSchema} from './ddl.ts'
import {fingerprintExpression} from './fingerprint.ts'
import type {Ledger, LedgerEvent, LedgerRelease} from './ledger.ts'
import {occupantsQuery} from './occupants.ts'
import {parseEvent, parseMeta, parseMigration, parseRelease} from './rows.ts'
import type {JsonRow} from './rows.ts'
import {checkFormat, checkShape, hasFormat, isAbsent, shapeQuery} from './shape.ts'

export interface LedgerPlace {
  /** Of the ledger's tables. */
  readonly schema: string
  /** The schemas that the target's migrations write to; all of the database by default. */
  readonly searchPath?: readonly string[] | undefined
}

/** The fingerprint of a ledger whose tables are not there. */
export const noFingerprint = ''

/**
 * Puts before a text of statements that only `pg_catalog` gives operators and tables their meaning, that no time limit
 * holds, whatever was set for role or database, and that a policy which would hide rows is an error. Holds for this text
 * alone.
 */
export function inCatalog(sql: string): string {
  const settings = [
    'search_path TO pg_catalog, pg_temp',
    'statement_timeout TO 0',
    'row_security TO off',
  ]
  return [...settings.map((setting) => `SET LOCAL ${setting}`), sql].join(';\n')
}

/**
 * Reads the ledger and checks that it agrees with itself. Writes nothing: a role that may only read is enough, as
 * is a standby, and a database without a ledger has an empty one.
 * @throws UNSUPPORTED_FORMAT, INTEGRITY, PERMISSION_DENIED, CONNECTION_LOST
 */
export async function readLedger(session: Session, place: LedgerPlace): Promise<Ledger> {
  try {
    const ledger = await readChecked(session, place)
    if (ledger.releases.length > 0) return ledger
    const occupants = await readOccupants(session, place)
    if (occupants.length === 0) return ledger
    // a run that ended in between has made them
    return {...(await readChecked(session, place)), occupants}
  } catch (error) {
    throw explainSqlError(error, session)
  }
}

/**
 * The newest events, newest first.
 * @throws PERMISSION_DENIED, CONNECTION_LOST
 */
export async function readEvents(
  session: Session,
  {schema}: LedgerPlace,
  limit: number,
): Promise<readonly LedgerEvent[]> {
  const sql = `SELECT pg_catalog.row_to_json(e) AS event
    FROM (SELECT * FROM ${quoteSchema(schema)}.events ORDER BY id DESC LIMIT ${limit}) e`
  const rows = await session.query(inCatalog(sql)).catch((error: unknown) => {
    throw explainSqlError(error, session)
  })
  return rows.map((row) => parseEvent(JSON.parse(row['event'] ?? '{}') as JsonRow))
}

async function readChecked(session: Session, place: LedgerPlace): Promise<Ledger> {
  const ledger = await read(session, place)
  checkAgreement(ledger)
  return ledger
}

async function read(session: Session, {schema}: LedgerPlace): Promise<Ledger> {
  const quoted = quoteSchema(schema)
  const nothing = {schema, releases: [], fingerprint: noFingerprint, occupants: []}
  const shape = {schema, rows: await session.query(inCatalog(shapeQuery(schema)))}
  if (isAbsent(shape)) return {...nothing, exists: false}
  if (hasFormat(shape)) await checkFormatOf(session, quoted)
  checkShape(shape)
  const [row = {}] = await session.query(inCatalog(contentQuery(quoted)))
  const [meta] = jsonRows(row, 'meta')
  return {
    ...nothing,
    exists: true,
    ...(meta === undefined ? {} : {meta: parseMeta(meta)}),
    releases: parseReleases(row),
    fingerprint: row['fingerprint'] ?? noFingerprint,
  }
}

async function checkFormatOf(session: Session, schema: string): Promise<void> {
  const sql = `SELECT format, pg_catalog.to_json(features) AS features FROM ${schema}.meta`
  for (const row of await session.query(inCatalog(sql))) {
    checkFormat(Number(row['format']), JSON.parse(row['features'] ?? '[]') as string[])
  }
}

/** One statement, so one snapshot: never a release without its migrations. */
function contentQuery(schema: string): string {
  const pooled = `EXISTS (SELECT FROM ${schema}.events e
    WHERE e.run_id = r.run_id AND e.details @> '{"pooled": true}')`
  return `SELECT ${all(`SELECT * FROM ${schema}.meta`)} AS meta,
    ${all(`SELECT r.*, r.state = 'applying' AND ${pooled} AS pooled
      FROM ${schema}.releases r ORDER BY r.position`)} AS releases,
    ${all(`SELECT * FROM ${schema}.migrations ORDER BY release, position`)} AS migrations,
    ${fingerprintExpression(schema)} AS fingerprint`
}

function all(select: string): string {
  return `(SELECT pg_catalog.json_agg(t) FROM (${select}) t)`
}

function parseReleases(row: Row): readonly LedgerRelease[] {
  const migrations = Map.groupBy(jsonRows(row, 'migrations'), ({release}) => release)
  const releases = jsonRows(row, 'releases')
  checkOwners(releases, migrations.keys())
  return releases.map((release) =>
    parseRelease(release, (migrations.get(release['position']) ?? []).map(parseMigration)),
  )
}

async function readOccupants(session: Session, place: LedgerPlace): Promise<readonly string[]> {
  const rows = await session.query(inCatalog(occupantsQuery(place.schema, place.searchPath)))
  return rows.map(({name}) => name ?? '')
}

function jsonRows(row: Row, column: string): readonly JsonRow[] {
  return JSON.parse(row[column] ?? '[]') as JsonRow[]
}
