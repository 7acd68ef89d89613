import {readCatalogue} from '../../../test/support/catalogue.ts'
import {withClient} from '../../../test/support/database.ts'
import {ask} from './databases.ts'

/**
 * All that must be the same however often a run was interrupted, as text: the catalogue, the rows that migrations
 * insert, and what the ledger says, but for times and names of runs.
 */
export function stateOf(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const query = async (sql: string) => (await client.query(sql)).rows
    const catalogue = await readCatalogue(query, {without: ['squizzle']})
    const ledger = await query(ledgerQuery)
    const rows = catalogue.includes('witness')
      ? await query('select migration from witness order by 1')
      : []
    return [catalogue, ...[...rows, ...ledger].map((row) => JSON.stringify(row))].join('\n')
  })
}

const ledgerQuery = `
  select (select json_agg(r order by position) from
      (select position, version, diff_id, layer, state, origin from squizzle.releases) r) as releases,
    (select json_agg(m order by release, position) from
      (select release, position, name, kind, forward, state, statement_started, statement_done
        from squizzle.migrations) m) as migrations,
    (select json_agg(e order by version) from
      (select version, count(*) from squizzle.events where kind = 'applied' group by 1) e) as applied`

/** By position, as the tables say it. */
export async function appliedReleases(url: string): Promise<readonly string[]> {
  const [ledger] = await ask(url, "select to_regclass('squizzle.releases') is not null as exists")
  if (ledger?.['exists'] !== true) return []
  const sql = "select version from squizzle.releases where state = 'applied' order by position"
  return (await ask(url, sql)).map(({version}) => String(version))
}

/** What a run must not leave behind: locks, and sessions with an open transaction. */
export function leftovers(url: string): Promise<Record<string, unknown>[]> {
  return ask(
    url,
    `select l.pid, 'advisory lock' as what, a.state, a.query from pg_locks l left join pg_stat_activity a using (pid)
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
    union all
    select pid, 'session', state, query from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'`,
  )
}
