import {SquizzleError} from '../errors.ts'

/** PostgreSQL cuts longer names short without an error (NAMEDATALEN 64), so two names could become one. */
const maxBytes = 63

/**
 * A name as an SQL identifier, whatever it holds.
 * @param what what the name is of, for the error: `database.schema`.
 * @throws CONFIG_INVALID for a name that PostgreSQL can't keep as it is.
 */
export function quoteIdentifier(name: string, what: string): string {
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > maxBytes || name.includes('\0')) {
    throw new SquizzleError('CONFIG_INVALID', `${what} is not a name that PostgreSQL can keep`, {
      hint: `Use 1 to ${maxBytes} bytes without NUL; this name has ${bytes}.`,
      details: {what, bytes},
    })
  }
  return `"${name.replaceAll('"', '""')}"`
}

/** What `literal` writes. */
export type LiteralValue = string | number | boolean | null | readonly string[]

/**
 * A value as an SQL literal that means the same whatever `standard_conforming_strings` is. Literals
 * rather than parameters: a parameterised statement in an open transaction keeps a snapshot, which
 * CREATE INDEX CONCURRENTLY then waits for.
 */
export function literal(value: LiteralValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') {
    return `ARRAY[${value.map((item) => literal(item)).join(', ')}]::pg_catalog.text[]`
  }
  const quoted = `'${value.replaceAll("'", "''")}'`
  return quoted.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}
