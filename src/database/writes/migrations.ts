import type {Digest} from '../../artifact/digest.ts'
import type {MigrationKind} from '../../artifact/release.ts'
import {literal} from '../names.ts'
import type {Writer} from './writer.ts'
import {now, insert, update, assignments, elapsedSince} from './sql.ts'

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
