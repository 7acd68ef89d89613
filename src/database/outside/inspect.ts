import type {OutsideStatement} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import {confirmCreateIndex, inspectCreateIndex} from './create-index.ts'
import {inspectDetach} from './detach-partition.ts'
import {inspectDropIndex} from './drop-index.ts'
import {again, unclear} from './finding.ts'
import type {Finding} from './finding.ts'
import {confirmReindex, inspectReindex} from './reindex.ts'

/**
 * What became of a statement that was begun, by the catalogue alone. Changes nothing; its names are looked up by the
 * search path that the session has.
 * @throws LOCK_TIMEOUT where a session is still at it
 */
export async function inspect(run: Run, statement: OutsideStatement): Promise<Finding> {
  switch (statement.kind) {
    case 'create-index':
      return inspectCreateIndex(run, statement)
    case 'drop-index':
      return inspectDropIndex(run, statement)
    case 'reindex':
      return inspectReindex(run, statement)
    case 'detach-partition':
      return inspectDetach(run, statement)
    default:
      return isSettledByCatalogue(statement) ? again() : unclear('the catalogue cannot tell')
  }
}

/** What is still wrong after a statement ended well, as the server said; undefined for nothing. */
export async function confirm(run: Run, statement: OutsideStatement): Promise<Finding | undefined> {
  if (statement.kind === 'create-index') return confirmCreateIndex(run, statement)
  if (statement.kind === 'reindex') return confirmReindex(run, statement)
  return undefined
}

/** Whether the next run can find out by itself what became of it. */
export function isSettledByCatalogue({kind}: OutsideStatement): boolean {
  return kind !== 'atomic' && kind !== 'unknown'
}
