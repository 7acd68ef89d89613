/**
 * An expression over the ledger that is equal for equal content: what a transaction compares to learn whether the
 * ledger still is what its plan saw. Over all that a plan rests on, so that a change by hand shows too.
 * @param schema quoted
 */
export function fingerprintExpression(schema: string): string {
  const meta = list('format, features, project', 'meta', 'only_row', schema)
  const releases = list('position, version, diff_id, state', 'releases', 'position', schema)
  const migrations = list(
    'release, position, kind, forward, state, coalesce(statement_started, -1), coalesce(statement_done, -1), name',
    'migrations',
    'release, position',
    schema,
  )
  const text = `pg_catalog.concat_ws(E'\\n\\n', ${meta}, ${releases}, ${migrations})`
  return `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${text}, 'UTF8')), 'hex')`
}

function list(columns: string, table: string, order: string, schema: string): string {
  return `coalesce((SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', ${columns}), E'\\n' ORDER BY ${order})
    FROM ${schema}.${table}), '')`
}
