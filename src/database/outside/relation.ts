import type {ObjectName} from '../../artifact/statement.ts'
import {inCatalog} from '../ledger/read.ts'
import {literal, quoteIdentifier} from '../names.ts'
import type {Session} from '../session.ts'

/** The number of a relation, or undefined: as a statement sent now would find it, by the search path of the session. */
export async function findRelation(
  session: Session,
  name: ObjectName,
): Promise<string | undefined> {
  const regclass = `pg_catalog.to_regclass(${literal(quoted(name))})`
  const [row] = await session.query(`SELECT ${regclass}::pg_catalog.oid AS oid`)
  return row?.['oid'] ?? undefined
}

/** As SQL writes it. */
export function quoted({schema, name}: ObjectName): string {
  const parts = schema === undefined ? [name] : [schema, name]
  return parts.map((part) => quoteIdentifier(part, 'a name in the script')).join('.')
}

/** An index, or whatever else has the name of one. */
export interface FoundIndex {
  readonly oid: string
  /** Qualified and quoted. */
  readonly name: string
  /** Number of its table; undefined where it is no index. */
  readonly table: string | undefined
  /** Whether queries may use it and writes keep it up to date. */
  readonly valid: boolean
}

/** @param condition on `c`, its pg_class, and `i`, its pg_index: null where it is no index */
export async function findIndexes(
  session: Session,
  condition: string,
): Promise<readonly FoundIndex[]> {
  const sql = `SELECT c.oid, i.indrelid AS table, i.indisvalid AND i.indisready AND i.indislive AS valid,
      format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE ${condition} ORDER BY c.oid`
  const rows = await session.query(inCatalog(sql))
  return rows.map((row) => ({
    oid: row['oid'] ?? '',
    name: row['name'] ?? '',
    table: row['table'] ?? undefined,
    valid: row['valid'] === 't',
  }))
}
