import {randomBytes} from 'node:crypto'
import {SquizzleError} from '../errors.ts'
import {lockCondition} from './lock.ts'
import {inCatalog} from './ledger/read.ts'
import {literal} from './names.ts'
import type {Session} from './session.ts'

/**
 * Makes sure that two sessions are at the same database of the same running server: a lock that one takes, under a
 * key that nobody can know, is seen by the other. A system identifier would not do: a copy of a server keeps it, as
 * a standby does.
 * @param direct a session of its own on the server, not through a pooler
 * @throws CONFIG_INVALID
 */
export async function checkSameDatabase(session: Session, direct: Session): Promise<void> {
  const key = randomBytes(8).readBigInt64BE().toString()
  const lock = `${literal(key)}::pg_catalog.int8`
  await direct.query(`SELECT pg_catalog.pg_try_advisory_lock(${lock})`)
  try {
    const sql = `SELECT FROM pg_catalog.pg_locks l WHERE ${lockCondition(key)}`
    if ((await session.query(inCatalog(sql))).length > 0) return
  } finally {
    await direct.query(`SELECT pg_catalog.pg_advisory_unlock(${lock})`)
  }
  throw new SquizzleError(
    'CONFIG_INVALID',
    `database.directUrl leads to another database (${direct.name}) than database.url (${session.name})`,
    {
      hint: 'Name the server that the pooler leads to, and the same database on it.',
      details: {url: session.name, directUrl: direct.name},
    },
  )
}
