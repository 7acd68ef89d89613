import {literal} from '../names.ts'
import type {LiteralValue} from '../names.ts'

export const now = 'pg_catalog.clock_timestamp()'

/** A text that is SQL already. */
interface Expression {
  readonly sql: string
}

export type Columns = Readonly<Record<string, LiteralValue | Expression | undefined>>

/** Whole milliseconds; a clock set back counts as none. */
export function elapsedSince(start: string): string {
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

export function assignments(columns: Columns): string {
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
