import type {Row} from '../session.ts'

/**
 * The constraints of a database whose checks may be put off to the end of the transaction. Scripts that share a
 * transaction should not notice: the checks of each are made at its end, and the next one finds them put off, or not, as
 * they were declared. SET CONSTRAINTS ALL could do the first but not the second, so they go by name.
 */
export interface DeferrableConstraints {
  /** As SET CONSTRAINTS takes them; null for none. */
  readonly all: string | null
  /** Those that are put off unless told otherwise. */
  readonly deferred: string | null
}

/** Columns of a query that asks for them. */
export const deferrableColumns = `${names('c.condeferrable')} AS deferrable, ${names(
  // a name may stand for several constraints of a schema, and SET CONSTRAINTS then means all of them
  `c.condeferred AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o
    WHERE o.connamespace = c.connamespace AND o.conname = c.conname AND NOT o.condeferrable)`,
)} AS deferred`

export function deferrableOf(row: Row): DeferrableConstraints {
  return {all: row['deferrable'] ?? null, deferred: row['deferred'] ?? null}
}

/** Makes the checks that were put off, then puts off again what is declared so. */
export function checkDeferred({all, deferred}: DeferrableConstraints): readonly string[] {
  return [
    ...(all === null ? [] : [`SET CONSTRAINTS ${all} IMMEDIATE`]),
    ...(deferred === null ? [] : [`SET CONSTRAINTS ${deferred} DEFERRED`]),
  ]
}

/** Whether a script may make such constraints, or change when they are checked: none of it goes without the word. */
export function mentionsDeferral(text: string): boolean {
  return /deferr/i.test(text)
}

function names(condition: string): string {
  return `(SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', ')
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
    WHERE pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND ${condition})`
}
