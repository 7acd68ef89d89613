import type {Run} from '../apply/run.ts'
import {inCatalog} from '../ledger/read.ts'

/**
 * Whether a person said of the statement that is open that it was not done: the last word on its row is their event. There
 * is one such row, as no run goes on past it.
 */
export async function isSaidPending({session, writer: {schema}}: Run): Promise<boolean> {
  const [row] = await session.query(
    inCatalog(`SELECT EXISTS (SELECT FROM ${schema}.migrations m JOIN ${schema}.events e ON e.run_id = m.run_id
      WHERE m.statement_started > m.statement_done AND e.kind = 'resolve' AND e.statement = m.statement_started
        AND e.migration = m.name AND e.details @> '{"verdict": "pending"}') AS said`),
  )
  return row?.['said'] === 't'
}
