import type {DetachPartition} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import {inCatalog} from '../ledger/read.ts'
import {again, done, unclear} from './finding.ts'
import type {Finding} from './finding.ts'
import {findRelation, quoted} from './relation.ts'

/** Of a partition whose detachment was begun: what is pending is finished. */
export async function inspectDetach(run: Run, statement: DetachPartition): Promise<Finding> {
  const {session} = run
  const table = await findRelation(session, statement.table)
  const partition = await findRelation(session, statement.partition)
  const [names, partitionName] = [quoted(statement.table), quoted(statement.partition)]
  if (table === undefined) return unclear(`there is no table ${names}`)
  if (partition === undefined) return unclear(`there is no table ${partitionName}`)
  const [row] = await session.query(
    inCatalog(
      `SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhrelid = ${partition} AND inhparent = ${table}`,
    ),
  )
  if (row === undefined) return done()
  if (row['pending'] !== 't') return again()
  return done({
    sql: `ALTER TABLE ${names} DETACH PARTITION ${partitionName} FINALIZE`,
    does: `finishes the detachment of ${partitionName}`,
  })
}
