import type {Digest} from '../../artifact/digest.ts'
import type {ScriptRole} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import {literal} from '../names.ts'
import {provenance} from './writer.ts'
import type {Writer} from './writer.ts'
import {insert} from './sql.ts'
import type {Columns} from './sql.ts'

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
