import type {DropIndex} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import {again, done} from './finding.ts'
import type {Finding} from './finding.ts'
import {findRelation} from './relation.ts'

/** Of an index whose removal was begun: where it is still there, also half dropped, it is dropped again. */
export async function inspectDropIndex(run: Run, {index}: DropIndex): Promise<Finding> {
  return (await findRelation(run.session, index)) === undefined ? done() : again()
}
