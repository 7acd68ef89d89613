import {literal} from '../names.ts'

/** How many to name: enough for a person to recognise whose database it is. */
const limit = 10

/**
 * Lists what a database holds beside a ledger: tables and the like, routines, types of its own. What extensions
 * brought doesn't count.
 * @param schemas only in these; in all of them where absent
 */
export function occupantsQuery(ledgerSchema: string, schemas?: readonly string[]): string {
  const wanted =
    schemas === undefined
      ? `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%'`
      : `n.nspname = ANY (${literal(schemas)})`
  return `WITH objects AS (
      SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, oid, relnamespace AS namespace, relname AS name
        FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      UNION ALL
      SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, oid, pronamespace, proname FROM pg_catalog.pg_proc
      UNION ALL
      SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid, typnamespace, typname
        FROM pg_catalog.pg_type WHERE typtype IN ('d', 'e', 'r')
    )
    SELECT pg_catalog.concat(n.nspname, '.', o.name) AS name
    FROM objects o JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
    WHERE n.nspname <> ${literal(ledgerSchema)} AND ${wanted}
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
    ORDER BY 1 LIMIT ${limit}`
}
