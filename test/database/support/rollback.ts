import {parseVersion} from '../../../src/artifact/version.ts'
import type {ApplyOptions} from '../../../src/database/apply/options.ts'
import {readLedger} from '../../../src/database/ledger/read.ts'
import {packedAs} from '../../../src/database/plan/compare.ts'
import {planRollback, releasesToUndo} from '../../../src/database/plan/rollback.ts'
import {rollbackPlan} from '../../../src/database/rollback/rollback-plan.ts'
import type {RollbackResult} from '../../../src/database/rollback/rollback-plan.ts'
import {readStatement} from '../../../src/schema/outside-statement.ts'
import {author, schema, withSession} from './apply.ts'
import type {TestArtifact} from './artifact.ts'

export interface RollbackRequest extends Partial<ApplyOptions> {
  readonly to?: string
  readonly transaction?: 'release' | 'migration'
  /** Happens between the plan and its beginning. */
  readonly meanwhile?: () => Promise<unknown>
}

/** Reads, plans and rolls back, as the operation does. */
export function rollback(
  url: string,
  {config, scriptBytes}: TestArtifact,
  {to, transaction = 'release', meanwhile, ...options}: RollbackRequest = {},
): Promise<RollbackResult> {
  return withSession(url, async (session) => {
    const ledger = await readLedger(session, {schema})
    const undone = releasesToUndo(ledger, to === undefined ? undefined : parseVersion(to))
    const plan = planRollback(ledger, undone, (release) => packedAs(config, release), transaction)
    await meanwhile?.()
    return rollbackPlan(session, plan, {author, scriptBytes, readStatement, ...options})
  })
}
