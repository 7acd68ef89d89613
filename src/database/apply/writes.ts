import type {Digest} from '../../artifact/digest.ts'
import type {MigrationKind, ReleaseEntry, ScriptRole} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import {literal} from '../names.ts'
import type {LiteralValue} from '../names.ts'
import type {ArtifactOrigin, Author} from './options.ts'

/** Who writes, and where: what every row of a run has in common. */
export interface Writer {
  /** Quoted. */
  readonly schema: string
  readonly runId: string
  readonly author: Author
  readonly artifact: ArtifactOrigin
}

export const now = 'pg_catalog.clock_timestamp()'

/** A text that is SQL already. */
interface Expression {
  readonly sql: string
}

export type Columns = Readonly<Record<string, LiteralValue | Expression | undefined>>

export function insertMeta(
  {schema}: Writer,
  meta: {format: number; project: string; systemIdentifier: string | undefined},
): string {
  return insert(`${schema}.meta`, {
    format: meta.format,
    project: meta.project,
    database_name: {sql: 'pg_catalog.current_database()'},
    system_identifier: meta.systemIdentifier,
  })
}

export function insertRelease(writer: Writer, release: ReleaseEntry, position: number): string {
  return insert(`${writer.schema}.releases`, {
    position,
    version: release.version,
    diff_id: release.diffId,
    layer: release.layer,
    state: 'applying',
    origin: 'run',
    ...provenance(writer),
  })
}

/** A later run goes on with a release. */
export function takeOverRelease(writer: Writer, position: number): string {
  return update(`${writer.schema}.releases`, provenance(writer), `position = ${position}`)
}

export function finishRelease({schema}: Writer, position: number): string {
  const total = `(SELECT coalesce(pg_catalog.sum(duration_ms), 0) FROM ${schema}.migrations WHERE release = ${position})`
  return update(
    `${schema}.releases`,
    {state: 'applied', finished_at: {sql: now}, duration_ms: {sql: total}},
    `position = ${position}`,
  )
}

export interface MigrationRow {
  /** Position of its release. */
  readonly release: number
  readonly position: number
  readonly name: string
  readonly kind: MigrationKind
  readonly forward: Digest
}

/** @param start an expression for when it began */
export function insertDoneMigration(writer: Writer, row: MigrationRow, start: string): string {
  return insert(`${writer.schema}.migrations`, {
    ...row,
    state: 'done',
    run_id: writer.runId,
    finished_at: {sql: now},
    duration_ms: {sql: elapsedSince(start)},
  })
}

/** When the migration before was done: of scripts that share a message, the beginning of the next. */
export function finishedBefore({schema}: Writer, {release, position}: MigrationRow): string {
  return `(SELECT finished_at FROM ${schema}.migrations WHERE release = ${release} AND position = ${position - 1})`
}

/** A statement outside transactions is about to run: the row is made with the first. */
export function startStatement(writer: Writer, row: MigrationRow, statement: number): string {
  const started = {
    run_id: writer.runId,
    statement_started: statement,
    statement_done: statement - 1,
  }
  const columns = {...row, state: 'begun', ...started}
  return `${insert(`${writer.schema}.migrations`, columns)}
    ON CONFLICT (release, position) DO UPDATE SET ${assignments(started)}`
}

/** It failed without a trace: as if this run had not started it. */
export function unstartStatement(writer: Writer, row: MigrationRow, statement: number): string {
  const where = `${isOpenHere(writer, row, statement)} AND state = 'begun'`
  const table = `${writer.schema}.migrations`
  if (statement === 1) return `DELETE FROM ${table} WHERE ${where}`
  return update(table, {statement_started: statement - 1}, where)
}

/** It is done, forward or back, and this run starts no other one. */
export function endStatement(writer: Writer, row: MigrationRow, statement: number): string {
  const where = isOpenHere(writer, row, statement)
  return update(`${writer.schema}.migrations`, {statement_done: statement}, where)
}

/** A condition on a migration's row: this run started the statement, and nobody has recorded an outcome. */
export function isOpenHere({runId}: Writer, row: MigrationRow, statement: number): string {
  return `release = ${row.release} AND position = ${row.position} AND run_id = ${literal(runId)}
    AND statement_started = ${statement} AND statement_done = ${statement - 1}`
}

/** @param milliseconds that all of its statements took */
export function finishMigration(
  {schema, runId}: Writer,
  row: MigrationRow,
  statements: number,
  milliseconds: number,
): string {
  return update(
    `${schema}.migrations`,
    {
      state: 'done',
      run_id: runId,
      statement_started: statements,
      statement_done: statements,
      finished_at: {sql: now},
      duration_ms: Math.round(milliseconds),
    },
    `release = ${row.release} AND position = ${row.position}`,
  )
}

/** It is settled how far a script outside transactions came. @param statements that are done */
export function settleStatement(
  {schema, runId}: Writer,
  row: MigrationRow,
  statements: number,
): string {
  return update(
    `${schema}.migrations`,
    {run_id: runId, statement_started: statements, statement_done: statements},
    `release = ${row.release} AND position = ${row.position}`,
  )
}

/** This run has something to say of a migration, in its event. */
export function takeOverMigration({schema, runId}: Writer, row: MigrationRow): string {
  const where = `release = ${row.release} AND position = ${row.position}`
  return update(`${schema}.migrations`, {run_id: runId}, where)
}

/** What an event may say beside its kind, its run and its author. */
export interface EventFacts {
  readonly version?: Version
  readonly diffId?: Digest
  readonly migration?: string
  readonly script?: ScriptRole
  readonly statement?: number
  readonly file?: string
  readonly line?: number
  readonly lineColumn?: number
  readonly sqlstate?: string
  readonly message?: string
  /** A person's. */
  readonly reason?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** @param condition an expression without which nothing is recorded; the statement returns a row where it was */
export function insertEvent(
  writer: Writer,
  kind: string,
  facts: EventFacts,
  condition?: string,
): string {
  const columns: Columns = {
    kind,
    ...provenance(writer),
    version: facts.version,
    diff_id: facts.diffId,
    migration: facts.migration,
    script: facts.script,
    statement: facts.statement,
    file: facts.file,
    line: facts.line,
    line_column: facts.lineColumn,
    sqlstate: facts.sqlstate,
    message: facts.message,
    reason: facts.reason,
    details:
      facts.details === undefined
        ? undefined
        : {sql: `${literal(JSON.stringify(facts.details))}::pg_catalog.jsonb`},
  }
  const table = `${writer.schema}.events`
  return condition === undefined
    ? insert(table, columns)
    : `${insert(table, columns, condition)} RETURNING id`
}

/** Who, where and from what: columns that releases and events share. */
export function provenance({runId, author, artifact}: Writer): Columns {
  return {
    run_id: runId,
    artifact: artifact.reference,
    manifest: artifact.manifest,
    role: {sql: 'session_user'},
    run_by: author.by,
    host: author.host,
    tool_version: author.toolVersion,
  }
}

/** Whole milliseconds; a clock set back counts as none. */
function elapsedSince(start: string): string {
  return `greatest(0, pg_catalog.round(extract(epoch FROM ${now} - ${start}) * 1000))`
}

/** @param condition an expression without which nothing is inserted */
export function insert(table: string, columns: Columns, condition?: string): string {
  const present = Object.entries(columns).filter(([, value]) => value !== undefined)
  const names = present.map(([name]) => name).join(', ')
  const values = present.map(([name, value]) => typed(name, value)).join(', ')
  return condition === undefined
    ? `INSERT INTO ${table} (${names}) VALUES (${values})`
    : `INSERT INTO ${table} (${names}) SELECT ${values} WHERE ${condition}`
}

export function update(table: string, columns: Columns, condition: string): string {
  return `UPDATE ${table} SET ${assignments(columns)} WHERE ${condition}`
}

function assignments(columns: Columns): string {
  return Object.entries(columns)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} = ${typed(name, value)}`)
    .join(', ')
}

/** INSERT ... SELECT gives a literal no type of its own, so the one that is no text is named. */
function typed(column: string, value: Columns[string]): string {
  if (typeof value === 'object' && value !== null && 'sql' in value) return value.sql
  const text = literal(value ?? null)
  return column === 'run_id' ? `${text}::pg_catalog.uuid` : text
}
