import {finishMigration, takeOverMigration, settleStatement} from '../writes/migrations.ts'
import {finishRelease} from '../writes/releases.ts'
import {insertEvent} from '../writes/events.ts'
import type {Writer} from '../writes/writer.ts'
import {deleteMigration, deleteRelease} from '../rollback/writes.ts'
import type {ResolvePlan} from '../plan/resolve.ts'
import type {ShownStatement} from './resolve.ts'

/** The SQL that tells the ledger what a person found. */
export function resolution(
  writer: Writer,
  plan: ResolvePlan,
  {file, line, column}: ShownStatement,
  reason: string,
): readonly string[] {
  const {recorded, row, planned, statement, verdict} = plan
  return [
    ofMigration(writer, plan),
    ...ofRelease(writer, plan),
    insertEvent(writer, 'resolve', {
      version: recorded.version,
      diffId: recorded.diffId,
      migration: row.name,
      script: planned.source.role,
      statement,
      file,
      ...(line === undefined ? {} : {line}),
      ...(column === undefined ? {} : {lineColumn: column}),
      reason,
      details: {verdict, direction: row.state === 'undoing' ? 'rollback' : 'forward'},
    }),
  ]
}

function ofMigration(writer: Writer, plan: ResolvePlan): string {
  const {recorded, row, statement, statements, verdict, after} = plan
  const {position, name, kind, forward} = row
  const key = {release: recorded.position, position, name, kind, forward}
  if (after.migration === 'absent') return deleteMigration(writer, key)
  // the ledger can't say of a rollback script that no statement of it is done, so the event says it
  if (row.state === 'undoing' && verdict === 'pending' && statement === 1) {
    return takeOverMigration(writer, key)
  }
  if (after.migration !== 'done') {
    return settleStatement(writer, key, verdict === 'applied' ? statement : statement - 1)
  }
  // nobody measured it
  return finishMigration(writer, key, statements, 0)
}

function ofRelease(writer: Writer, {recorded, after}: ResolvePlan): readonly string[] {
  const {position, version, diffId} = recorded
  if (after.release === 'absent') {
    return [deleteRelease(writer, position), insertEvent(writer, 'rolled-back', {version, diffId})]
  }
  if (after.release === 'applying') return []
  return [finishRelease(writer, position), insertEvent(writer, 'applied', {version, diffId})]
}
