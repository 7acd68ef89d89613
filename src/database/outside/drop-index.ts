import type {DropIndex} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import {again, done} from './finding.ts'
import type {Finding} from './finding.ts'
import {untilDropped} from './ghosts.ts'
import {findRelation} from './relation.ts'

/**
 * Of an index whose removal was begun: where it is still there, also half dropped, it is dropped again.
 * @throws LOCK_TIMEOUT where a session still drops it
 */
export async function inspectDropIndex(run: Run, {index}: DropIndex): Promise<Finding> {
  const found = await findRelation(run.session, index)
  if (found === undefined) return done()
  await untilDropped(run, found)
  return (await findRelation(run.session, index)) === undefined ? done() : again()
}
