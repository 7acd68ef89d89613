import {readFileSync} from 'node:fs'
import {join} from 'node:path'

const lines = readFileSync(join(import.meta.dirname, 'catalogue.sql'), 'utf8')

/** Sends one statement and returns its rows; every call must reach the same session. */
export type Query = (sql: string) => Promise<readonly unknown[]>

export interface CatalogueOptions {
  /** Schemas to leave out, such as the ledger's. */
  readonly without?: readonly string[]
}

/**
 * A database's whole schema as text, read from the system catalogues: equal texts, equal schemas.
 * It is the witness where pg_dump cannot go, and like pg_dump it tells nothing of the data.
 * Texts of different major versions are not comparable.
 */
export async function readCatalogue(query: Query, options: CatalogueOptions = {}): Promise<string> {
  await query('BEGIN READ ONLY')
  try {
    // definitions are printed as the session would read them
    await query("SET LOCAL search_path = ''")
    await query("SET LOCAL TimeZone = 'UTC'")
    await query("SET LOCAL DateStyle = 'ISO, YMD'")
    await query("SET LOCAL IntervalStyle = 'postgres'")
    await query(`SET LOCAL catalogue.without = '${(options.without ?? []).join(',')}'`)
    const rows = await query(lines)
    return rows.map(lineOf).join('\n')
  } finally {
    await query('ROLLBACK')
  }
}

function lineOf(row: unknown): string {
  if (typeof row === 'object' && row !== null && 'line' in row && typeof row.line === 'string') {
    return row.line
  }
  throw new TypeError('the catalogue query answered with something that is not a line')
}
