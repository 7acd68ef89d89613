import {withClient} from '../../support/database.ts'

/** Waits until a statement of the database sleeps in pg_sleep. */
export async function untilAsleep(url: string): Promise<void> {
  const sql =
    "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
  await withClient(url, async (client) => {
    while ((await client.query(sql)).rowCount === 0);
  })
}
