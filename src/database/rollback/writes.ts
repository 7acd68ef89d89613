import {literal} from '../names.ts'
import {isOpenHere} from '../writes/migrations.ts'
import {now, update} from '../writes/sql.ts'
import {provenance} from '../writes/writer.ts'
import type {MigrationRow} from '../writes/migrations.ts'
import type {Writer} from '../writes/writer.ts'
import type {LedgerMigration} from '../ledger/ledger.ts'

/** Some of a release is about to be undone, or another part of it. */
export function reopenRelease(writer: Writer, position: number): string {
  return update(
    `${writer.schema}.releases`,
    {state: 'applying', finished_at: null, duration_ms: null, ...provenance(writer)},
    `position = ${position}`,
  )
}

/** Nothing of it was undone after all: applied since its last migration was, where this run alone reopened it. */
export function closeAgain({schema, runId}: Writer, position: number): string {
  const migrations = `FROM ${schema}.migrations WHERE release = ${position}`
  return update(
    `${schema}.releases`,
    {
      state: 'applied',
      finished_at: {sql: `coalesce((SELECT pg_catalog.max(finished_at) ${migrations}), ${now})`},
      duration_ms: {sql: `(SELECT coalesce(pg_catalog.sum(duration_ms), 0) ${migrations})`},
    },
    `position = ${position} AND state = 'applying' AND run_id = ${literal(runId)}
      AND NOT EXISTS (SELECT ${migrations} AND state <> 'done')`,
  )
}

/** All of its migrations are undone. */
export function deleteRelease({schema}: Writer, position: number): string {
  return `DELETE FROM ${schema}.releases WHERE position = ${position}`
}

/** A migration is undone. */
export function deleteMigration({schema}: Writer, row: MigrationRow): string {
  return `DELETE FROM ${schema}.migrations WHERE ${isRow(row)}`
}

/** A statement of a rollback script outside transactions is about to run. */
export function startUndo(writer: Writer, row: MigrationRow, statement: number): string {
  return update(
    `${writer.schema}.migrations`,
    {
      state: 'undoing',
      run_id: writer.runId,
      statement_started: statement,
      statement_done: statement - 1,
      finished_at: {sql: `coalesce(finished_at, ${now})`},
      duration_ms: {sql: 'coalesce(duration_ms, 0)'},
    },
    isRow(row),
  )
}

/**
 * It failed without a trace: as if this run had not started it.
 * @param before the row as it was when the run began
 */
export function unstartUndo(
  writer: Writer,
  row: MigrationRow,
  before: LedgerMigration | undefined,
  statement: number,
): string {
  const table = `${writer.schema}.migrations`
  const where = `${isOpenHere(writer, row, statement)} AND state = 'undoing'`
  if (statement > 1 || before === undefined) {
    return update(table, {statement_started: statement - 1}, where)
  }
  const unfinished = before.state === 'begun' ? {finished_at: null, duration_ms: null} : {}
  const {started, done} = before.statements ?? {started: null, done: null}
  const columns = {state: before.state, statement_started: started, statement_done: done}
  return update(table, {...columns, ...unfinished}, where)
}

function isRow({release, position}: MigrationRow): string {
  return `release = ${release} AND position = ${position}`
}
