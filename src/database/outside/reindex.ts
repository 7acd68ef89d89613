import type {Reindex} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import {inCatalog} from '../ledger/read.ts'
import {literal} from '../names.ts'
import type {Session} from '../session.ts'
import {definitionOf} from './definition.ts'
import {again, done, dropInvalid, unclear} from './finding.ts'
import type {Finding} from './finding.ts'
import {untilBuilt} from './ghosts.ts'
import {findRelation, quoted} from './relation.ts'

/**
 * Of indexes whose rebuilding was begun: what it left beside them is dropped, then they are rebuilt again.
 * @throws LOCK_TIMEOUT where a session still builds one of them
 */
export async function inspectReindex(run: Run, statement: Reindex): Promise<Finding> {
  const scope = await scopeOf(run.session, statement)
  if (scope === undefined) return unclear(missing(statement))
  await untilBuilt(run, tablesOf(scope))
  const invalid = await findInvalid(run.session, scope)
  return again(...invalid.filter(({leftover}) => leftover).map(({name}) => dropInvalid(name)))
}

/** After the statement ended well: it passes over indexes that were invalid before, with a warning. */
export async function confirmReindex(run: Run, statement: Reindex): Promise<Finding | undefined> {
  const scope = await scopeOf(run.session, statement)
  if (scope === undefined) return undefined
  const invalid = await findInvalid(run.session, scope)
  const other = invalid.find(({leftover}) => !leftover)
  if (other !== undefined) return unclear(`${other.name} is invalid`)
  return invalid.length === 0 ? undefined : done(...invalid.map(({name}) => dropInvalid(name)))
}

function missing({scope, target}: Reindex): string {
  return target === undefined
    ? 'it is not of this database'
    : `there is no ${scope} ${quoted(target)}`
}

/** A query for the numbers of the indexes that a statement rebuilds; undefined where what it names is not there. */
async function scopeOf(session: Session, {scope, target}: Reindex): Promise<string | undefined> {
  const all = 'SELECT i.indexrelid AS oid FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid'
  if (scope === 'database' || target === undefined) {
    return `${all} WHERE t.relpersistence <> 't' AND t.relnamespace <> 'pg_catalog'::regnamespace`
  }
  if (scope === 'schema') {
    return `${all} WHERE i.indrelid IN (${withToast(
      `SELECT oid FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${literal(target.name)})`,
    )})`
  }
  const oid = await findRelation(session, target)
  if (oid === undefined) return undefined
  const tree = `SELECT ${oid}::oid AS oid UNION SELECT relid::oid FROM pg_partition_tree(${oid})`
  return scope === 'index' ? tree : `${all} WHERE i.indrelid IN (${withToast(tree)})`
}

function withToast(tables: string): string {
  return `SELECT unnest(ARRAY[oid, reltoastrelid]) FROM pg_class WHERE oid IN (${tables})`
}

function tablesOf(scope: string): string {
  return `SELECT indrelid FROM pg_index WHERE indexrelid IN (${scope})`
}

interface InvalidIndex {
  /** Qualified and quoted. */
  readonly name: string
  /** REINDEX CONCURRENTLY made it beside the one that it rebuilds, or left the old one. */
  readonly leftover: boolean
}

/** How PostgreSQL names the copies that it works with. */
const copyName = literal('_cc(new|old)[0-9]*$')

async function findInvalid(session: Session, scope: string): Promise<readonly InvalidIndex[]> {
  const leftover = `c.relname ~ ${copyName} AND EXISTS (SELECT FROM pg_index b JOIN pg_class o ON o.oid = b.indexrelid
    WHERE b.indexrelid IN (SELECT oid FROM scope) AND b.indexrelid <> i.indexrelid AND b.indrelid = i.indrelid
      AND starts_with(o.relname::text, regexp_replace(c.relname::text, ${copyName}, ''))
      AND ${definitionOf('b.indexrelid')} = ${definitionOf('i.indexrelid')})`
  const sql = `WITH scope AS MATERIALIZED (${scope})
    SELECT * FROM (SELECT format('%I.%I', n.nspname, c.relname) AS name, ${leftover} AS leftover,
        i.indexrelid IN (SELECT oid FROM scope) AS own
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'i' AND NOT (i.indisvalid AND i.indisready AND i.indislive)
        AND i.indrelid IN (SELECT indrelid FROM pg_index WHERE indexrelid IN (SELECT oid FROM scope))) x
    WHERE leftover OR own ORDER BY name`
  const rows = await session.query(inCatalog(sql))
  return rows.map(({name, leftover: isLeftover}) => ({
    name: name ?? '',
    leftover: isLeftover === 't',
  }))
}
