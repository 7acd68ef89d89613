/**
 * An expression that changes with every change that squizzle makes to a ledger: what a transaction compares to learn
 * whether the ledger still is what its plan saw. Cheap, as each transaction asks twice: releases by their
 * identity, migrations by how many there are and how far they came.
 * @param schema quoted
 */
export function fingerprintExpression(schema: string): string {
  const meta = `SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', format, features, project), ' ') FROM ${schema}.meta`
  const releases = `SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', position, version, diff_id, state), ' ' ORDER BY position)
    FROM ${schema}.releases`
  const migrations = `SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE state = 'done'),
      pg_catalog.sum(statement_started), pg_catalog.sum(statement_done)) FROM ${schema}.migrations`
  const text = `pg_catalog.concat_ws(' / ', (${meta}), (${releases}), (${migrations}))`
  return `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${text}, 'UTF8')), 'hex')`
}
