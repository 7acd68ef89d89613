import {setTimeout as sleep} from 'node:timers/promises'
import {SquizzleError} from '../../errors.ts'
import {inCatalog} from '../ledger/read.ts'
import {literal} from '../names.ts'
import type {Session} from '../session.ts'
import type {Run} from './run.ts'
import type {Work} from './steps.ts'

/** Times and milliseconds to try to reach the database again: a server that restarts needs seconds. */
const [tries, delay] = [10, 500]

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
      hint: 'Run the same command again: it goes on from what the database records.',
      details: {release, committed: committed ?? null, runId: run.writer.runId},
      cause,
    },
  )
}

async function ask(run: Run, xid: string): Promise<boolean> {
  const session = await reopen(run.session)
  try {
    // the server may still be at it: only then is the ledger's answer final
    for (let attempt = 0; attempt < tries; attempt += 1) {
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
    OR EXISTS (SELECT FROM ${schema}.migrations WHERE ${written}) AS found`
}

async function reopen(session: Session): Promise<Session> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await session.reopen()
    } catch (error) {
      if (attempt >= tries) throw error
      await sleep(delay)
    }
  }
}
