import {SquizzleError} from '../../errors.ts'
import {literal} from '../names.ts'
import type {Row} from '../session.ts'
import {knownFeatures, ledgerFormat, ledgerTables} from './tables.ts'
import type {Table} from './tables.ts'

/** Bit of `tgtype` of a trigger BEFORE, which may change or swallow what is written. */
const beforeTrigger = 2

/** Lists the relations that bear the names of the ledger's tables: kind, and columns as `tables.ts` has them. */
export function shapeQuery(schema: string): string {
  const names = literal(ledgerTables.map(({name}) => name))
  return `SELECT c.relname AS name, c.relkind AS kind,
      (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
          a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
      (SELECT pg_catalog.min(t.tgname) FROM pg_catalog.pg_trigger t
        WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgtype & ${beforeTrigger} <> 0) AS trigger,
      (SELECT pg_catalog.min(r.rulename) FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid) AS rule
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${literal(schema)} AND c.relname = ANY (${names})`
}

/** What the catalogue says of the ledger's tables. */
export interface Shape {
  readonly rows: readonly Row[]
  readonly schema: string
}

/** None of the ledger's tables is there. */
export function isAbsent({rows}: Shape): boolean {
  return rows.length === 0
}

/** Whether `meta` can be asked for its format, which must be known before the rest is judged. */
export function hasFormat({rows}: Shape): boolean {
  const row = rows.find(({name}) => name === 'meta')
  const names = columnsOf(row).map(([name]) => name)
  return row?.['kind'] === 'r' && names.includes('format') && names.includes('features')
}

/** @throws UNSUPPORTED_FORMAT for a ledger that a newer squizzle made */
export function checkFormat(format: number, features: readonly string[]): void {
  const unknown = features.filter((feature) => !knownFeatures.includes(feature))
  if (format <= ledgerFormat && unknown.length === 0) return
  const what = unknown.length > 0 ? `the feature ${unknown.join(', ')}` : `format ${format}`
  throw new SquizzleError('UNSUPPORTED_FORMAT', `the ledger has ${what} of a newer squizzle`, {
    hint: 'Use the version of squizzle that applied the last release, or a newer one.',
    details: {format, features},
  })
}

/** @throws INTEGRITY where something else is in the ledger's place */
export function checkShape(shape: Shape): void {
  for (const table of ledgerTables) {
    const row = shape.rows.find(({name}) => name === table.name)
    const difference = row === undefined ? 'is missing' : differenceOf(table, row)
    if (difference === undefined) continue
    const name = `${shape.schema}.${table.name}`
    throw new SquizzleError('INTEGRITY', `${name} is not a table of the ledger: it ${difference}`, {
      hint: 'squizzle never alters it. If the schema belongs to something else, name another one with database.schema.',
      details: {schema: shape.schema, table: table.name, difference},
    })
  }
}

function differenceOf(table: Table, row: Row): string | undefined {
  if (row['kind'] !== 'r') return 'is no ordinary table'
  const found = columnsOf(row)
  for (const [index, column] of table.columns.entries()) {
    const [name, type, notNull] = found[index] ?? []
    if (name !== column.name) return `lacks the column ${column.name} at its place`
    if (type !== column.type) return `has ${column.name} as ${type}, not ${column.type}`
    if (notNull === (column.nullable === true)) return `has ${column.name} with another NOT NULL`
  }
  const extra = found[table.columns.length]
  if (extra !== undefined) return `has a column ${extra[0]} of its own`
  for (const kind of ['trigger', 'rule'] as const) {
    const name = row[kind]
    if (typeof name === 'string') return `has a ${kind} of its own: ${name}`
  }
  return undefined
}

function columnsOf(row: Row | undefined): readonly (readonly [string, string, boolean])[] {
  return JSON.parse(row?.['columns'] ?? '[]') as [string, string, boolean][]
}
