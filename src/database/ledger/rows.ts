import {parseDigest} from '../../artifact/digest.ts'
import type {MigrationKind} from '../../artifact/release.ts'
import {isVersion} from '../../artifact/version.ts'
import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import type {
  LedgerEvent,
  LedgerMeta,
  LedgerMigration,
  LedgerRelease,
  MigrationState,
  ReleaseOrigin,
  ReleaseState,
} from './ledger.ts'

/** A row as PostgreSQL writes it in JSON; that its columns are there and of their types has been checked. */
export type JsonRow = Readonly<Record<string, unknown>>

export function parseMeta(row: JsonRow): LedgerMeta {
  return {
    format: Number(row['format']),
    features: row['features'] as string[],
    project: String(row['project']),
    databaseName: String(row['database_name']),
    createdAt: time(row['created_at']),
    ...optional('systemIdentifier', row['system_identifier'], String),
  }
}

const releaseStates: readonly ReleaseState[] = ['applying', 'applied']
const origins: readonly ReleaseOrigin[] = ['run', 'baseline', 'import']
const migrationKinds: readonly MigrationKind[] = ['versioned', 'repeatable']
const migrationStates: readonly MigrationState[] = ['begun', 'done', 'undoing']

/** @throws INTEGRITY for a value that no squizzle has written */
export function parseRelease(row: JsonRow, migrations: readonly LedgerMigration[]): LedgerRelease {
  return {
    position: Number(row['position']),
    version: version(row['version']),
    diffId: digest(row['diff_id']),
    layer: digest(row['layer']),
    state: oneOf(releaseStates, row['state']),
    origin: oneOf(origins, row['origin']),
    runId: String(row['run_id']),
    role: String(row['role']),
    runBy: String(row['run_by']),
    host: String(row['host']),
    toolVersion: String(row['tool_version']),
    startedAt: time(row['started_at']),
    pooled: row['pooled'] === true,
    migrations,
    ...optional('artifact', row['artifact'], String),
    ...optional('manifest', row['manifest'], digest),
    ...optional('finishedAt', row['finished_at'], time),
    ...optional('durationMs', row['duration_ms'], Number),
  }
}

/** @throws INTEGRITY */
export function parseMigration(row: JsonRow): LedgerMigration {
  return {
    position: Number(row['position']),
    name: String(row['name']),
    kind: oneOf(migrationKinds, row['kind']),
    forward: digest(row['forward']),
    state: oneOf(migrationStates, row['state']),
    runId: String(row['run_id']),
    ...optional('statements', row['statement_started'], (started) => ({
      started: Number(started),
      done: Number(row['statement_done']),
    })),
    ...optional('finishedAt', row['finished_at'], time),
    ...optional('durationMs', row['duration_ms'], Number),
  }
}

/** @throws INTEGRITY */
export function parseEvent(row: JsonRow): LedgerEvent {
  return {
    id: Number(row['id']),
    at: time(row['at']),
    kind: String(row['kind']),
    runId: String(row['run_id']),
    role: String(row['role']),
    runBy: String(row['run_by']),
    host: String(row['host']),
    toolVersion: String(row['tool_version']),
    ...optional('version', row['version'], version),
    ...optional('migration', row['migration'], String),
    ...optional('script', row['script'], String),
    ...optional('statement', row['statement'], Number),
    ...optional('file', row['file'], String),
    ...optional('line', row['line'], Number),
    ...optional('lineColumn', row['line_column'], Number),
    ...optional('sqlstate', row['sqlstate'], String),
    ...optional('message', row['message'], String),
    ...optional('reason', row['reason'], String),
  }
}

/** The tables have a constraint for it, but whoever changes rows by hand may have dropped that too. */
function oneOf<Word extends string>(known: readonly Word[], value: unknown): Word {
  const word = known.find((candidate) => candidate === value)
  if (word !== undefined) return word
  throw new SquizzleError(
    'INTEGRITY',
    `the ledger says ${String(value)} for one of ${known.join(', ')}`,
    {
      hint: 'It was changed by hand: put it back as it was.',
      details: {found: value, known},
    },
  )
}

function digest(value: unknown) {
  return parseDigest(value, 'a digest in the ledger')
}

function version(value: unknown): Version {
  const text = String(value)
  if (isVersion(text)) return text
  throw new SquizzleError('INTEGRITY', 'a version in the ledger is no semantic version', {
    hint: 'The ledger was changed by hand: put the row back as it was.',
    details: {version: text},
  })
}

function time(value: unknown): string {
  return new Date(String(value)).toISOString()
}

function optional<Key extends string, Value>(
  key: Key,
  value: unknown,
  parse: (value: unknown) => Value,
): {[K in Key]?: Value} {
  return value === null || value === undefined ? {} : ({[key]: parse(value)} as {[K in Key]: Value})
}
