import {literal, quoteIdentifier} from '../names.ts'
import {ledgerTables} from './tables.ts'
import type {Column, Table} from './tables.ts'

/** What the ledger's schema is called in errors. */
export const schemaSetting = 'database.schema'

export function quoteSchema(schema: string): string {
  return quoteIdentifier(schema, schemaSetting)
}

/** The statement that makes the ledger's schema: left out where it is there already. */
export function schemaDdl(schema: string): string {
  return `CREATE SCHEMA ${quoteSchema(schema)}`
}

/**
 * The statements that make the ledger's tables in a schema that exists, in their order. Run them with
 * `pg_catalog` first in the search path, where it is by default.
 */
export function tablesDdl(schema: string): readonly string[] {
  const quoted = quoteSchema(schema)
  const comment = "squizzle's ledger: the releases of SQL migrations in this database"
  return [
    `COMMENT ON SCHEMA ${quoted} IS ${literal(comment)}`,
    ...ledgerTables.flatMap((table) => [createTable(quoted, table), ...comments(quoted, table)]),
  ]
}

/** All of the DDL, for a person whose role may create schemas to run for one that may not. */
export function ledgerDdl(schema: string): readonly string[] {
  return [schemaDdl(schema), ...tablesDdl(schema)]
}

/** What a role needs that did not make the ledger itself: events are only ever added. */
export function ledgerGrants(schema: string, role: string): readonly string[] {
  const quoted = quoteSchema(schema)
  const grantee = quoteIdentifier(role, 'the role')
  const tables = ledgerTables.filter(({name}) => name !== 'events')
  const names = tables.map(({name}) => `${quoted}.${name}`).join(', ')
  return [
    `GRANT USAGE ON SCHEMA ${quoted} TO ${grantee}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${names} TO ${grantee}`,
    `GRANT SELECT, INSERT ON ${quoted}.events TO ${grantee}`,
  ]
}

function createTable(schema: string, table: Table): string {
  const lines = [
    ...table.columns.map((column) => columnDdl(column)),
    ...table.constraints.map((constraint) => constraint.replace('{schema}', schema)),
  ]
  return `CREATE TABLE ${schema}.${table.name} (\n  ${lines.join(',\n  ')}\n)`
}

function columnDdl({name, type, nullable, default: value}: Column): string {
  const start = value?.startsWith('GENERATED') === true ? ` ${value}` : ` DEFAULT ${value}`
  return `${name} ${type}${nullable === true ? '' : ' NOT NULL'}${value === undefined ? '' : start}`
}

function comments(schema: string, {name, comment, columns}: Table): string[] {
  return [
    `COMMENT ON TABLE ${schema}.${name} IS ${literal(comment)}`,
    ...columns.map(
      (column) =>
        `COMMENT ON COLUMN ${schema}.${name}.${column.name} IS ${literal(column.comment)}`,
    ),
  ]
}
