import {setTimeout as sleep} from 'node:timers/promises'
import {SquizzleError} from '../../errors.ts'
import {inCatalog} from '../ledger/read.ts'
import {literal} from '../names.ts'
import type {Session} from '../session.ts'
import type {Run} from './run.ts'
import type {Work} from './steps.ts'

/** Milliseconds to try to reach the database again, as a server that restarts needs some, and between two tries. */
const [patience, delay] = [20_000, 500]

/**
 * The connection broke around a COMMIT, so its outcome is not known: asks the database again, by the transaction
 * and by the ledger's rows of this run. @returns the error that says the truth
 */
export async function resolveCommit(
  run: Run,
  xid: string,
  {release}: Work,
  cause: unknown,
): Promise<SquizzleError> {
  const committed = await ask(run, xid).catch(() => undefined)
  const outcome =
    committed === undefined
      ? 'it could not be asked whether that was committed'
      : committed
        ? 'it was committed'
        : 'it was not committed'
  return new SquizzleError(
    'CONNECTION_LOST',
    `the connection to the database broke while a part of ${release} was being committed: ${outcome}`,
    {
      hint: run.kind.words.again,
      details: {release, committed: committed ?? null, runId: run.writer.runId},
      cause,
    },
  )
}

async function ask(run: Run, xid: string): Promise<boolean> {
  const session = await reopen(run.session)
  try {
    // the server may still be at it: only then is the ledger's answer final
    for (const deadline = performance.now() + patience; performance.now() < deadline;) {
      const sql = `SELECT pg_catalog.pg_xact_status('${xid}'::pg_catalog.xid8) AS status`
      const [row] = await session.query(sql)
      if (row?.['status'] !== 'in progress') break
      await sleep(delay)
    }
    const [row] = await session.query(inCatalog(rowsOf(run, xid)))
    return row?.['found'] === 't'
  } finally {
    await session.close()
  }
}

/** After a failover a transaction's number may be another one's: the run's id tells its rows. */
function rowsOf({writer: {schema, runId}}: Run, xid: string): string {
  const written = `run_id = ${literal(runId)} AND xmin = '${BigInt.asUintN(32, BigInt(xid))}'`
  return `SELECT EXISTS (SELECT FROM ${schema}.releases WHERE ${written})
    OR EXISTS (SELECT FROM ${schema}.migrations WHERE ${written})
    OR EXISTS (SELECT FROM ${schema}.events WHERE ${written}) AS found`
}

async function reopen(session: Session): Promise<Session> {
  for (const deadline = performance.now() + patience; ;) {
    try {
      return await reopenPrimary(session)
    } catch (error) {
      if (performance.now() >= deadline) throw error
      await sleep(delay)
    }
  }
}

/** A standby may not have heard yet of what was committed; after a failover it soon is none. */
async function reopenPrimary(session: Session): Promise<Session> {
  const again = await session.reopen()
  if (!again.server.standby) return again
  await again.close()
  throw new Error(`${again.name} is a standby`)
}
