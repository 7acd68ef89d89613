import type {CreateIndex} from '../../artifact/statement.ts'
import {literal, quoteIdentifier} from '../names.ts'
import type {Session} from '../session.ts'
import {isSqlError} from '../sql-error.ts'

/**
 * Compares an index with what a statement makes. The server itself says what that is: it makes the index on an empty
 * copy of the table, which is rolled back.
 * @returns a clause that says how they differ, or that nobody can tell; undefined where they are the same
 */
export async function compareDefinition(
  session: Session,
  {name, unique, definition}: CreateIndex,
  table: string,
  index: string,
): Promise<string | undefined> {
  try {
    const [row] = await session.query(
      `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS table, c.relname AS name
        FROM pg_catalog.pg_class c, pg_catalog.pg_namespace n
        WHERE c.oid OPERATOR(pg_catalog.=) ${table} AND n.oid OPERATOR(pg_catalog.=) c.relnamespace`,
    )
    if (row === undefined) return 'its table is gone'
    // of the same name, as an expression may name its table
    const copy = `pg_temp.${quoteIdentifier(row['name'] ?? '', 'a table')}`
    const own = quoteIdentifier(name, 'an index')
    const statements = [
      'BEGIN',
      'SET LOCAL client_min_messages TO error',
      `CREATE TEMPORARY TABLE ${copy} (LIKE ${row['table']})`,
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${own} ON ${copy} ${definition}`,
      'SET LOCAL search_path TO pg_catalog, pg_temp',
      `SELECT ${definitionOf(index)} AS found,
        ${definitionOf(`pg_catalog.to_regclass(${literal(`pg_temp.${own}`)})`)} AS wanted`,
    ]
    const rows = await session.query(statements.join(';\n'))
    const {found, wanted} = rows.at(-1) ?? {}
    return found === wanted ? undefined : `it is another one: ${found}`
  } catch (error) {
    if (!isSqlError(error)) throw error
    return `nobody can tell whether it is what the statement makes (${error.message})`
  } finally {
    if (!session.lost && session.transactionStatus !== 'idle') await session.query('ROLLBACK')
  }
}

/**
 * An expression for what an index is, without its name and its table: `UNIQUE btree (i) WHERE (i > 0)`.
 * @param index an expression for its number, in which `own`, `x`, `t` and `n` are not what they are outside
 */
export function definitionOf(index: string): string {
  return `(SELECT format('%s%s', CASE WHEN own.indisunique THEN 'UNIQUE ' END,
      right(pg_get_indexdef(own.indexrelid), -length(format('CREATE %sINDEX %I ON %s%I.%I USING ',
        CASE WHEN own.indisunique THEN 'UNIQUE ' END, x.relname, CASE WHEN x.relkind = 'I' THEN 'ONLY ' END,
        CASE WHEN n.oid = pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname END, t.relname))))
    FROM pg_index own JOIN pg_class x ON x.oid = own.indexrelid JOIN pg_class t ON t.oid = own.indrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE own.indexrelid = ${index})`
}
