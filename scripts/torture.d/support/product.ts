import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {parseVersion} from '../../../src/artifact/version.ts'
import type * as applyPlan from '../../../src/database/apply/apply-plan.ts'
import type * as read from '../../../src/database/ledger/read.ts'
import type * as open from '../../../src/database/open.ts'
import type * as compare from '../../../src/database/plan/compare.ts'
import type * as plan from '../../../src/database/plan/plan.ts'
import type * as undo from '../../../src/database/plan/rollback.ts'
import type * as rollbackPlan from '../../../src/database/rollback/rollback-plan.ts'
import type * as outside from '../../../src/schema/outside-statement.ts'
import type {ApplyRequest} from '../../../test/database/support/apply.ts'
import type {TestArtifact} from '../../../test/database/support/artifact.ts'
import type {RollbackRequest} from '../../../test/database/support/rollback.ts'

/** What `npm run build` made. */
export const built = join(import.meta.dirname, '../../../dist')

const author = {by: 'torture', host: 'localhost', toolVersion: '0.0.0'}

type Work<Request, Result> = (
  url: string,
  artifact: TestArtifact,
  request?: Request,
) => Promise<Result>

export interface Product {
  readonly apply: Work<ApplyRequest, applyPlan.ApplyResult>
  readonly rollback: Work<RollbackRequest, rollbackPlan.RollbackResult>
}

/** A built squizzle, put together as its commands do: read, plan, carry out. */
export async function loadProduct(folder = built): Promise<Product> {
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(folder, path)).href)
  const forth = (await load('database/apply/apply-plan.js')) as typeof applyPlan
  const back = (await load('database/rollback/rollback-plan.js')) as typeof rollbackPlan
  const {planApply} = (await load('database/plan/plan.js')) as typeof plan
  const {planRollback, releasesToUndo} = (await load('database/plan/rollback.js')) as typeof undo
  const {packedAs} = (await load('database/plan/compare.js')) as typeof compare
  const {readLedger} = (await load('database/ledger/read.js')) as typeof read
  const {readStatement} = (await load('schema/outside-statement.js')) as typeof outside
  const {withDatabase} = (await load('database/open.js')) as typeof open
  const place = {schema: 'squizzle'}
  return {
    apply: (url, {config, scriptBytes}, {plan: options, ...rest} = {}) =>
      withDatabase(url, {}, async (session) => {
        const planned = planApply(config, await readLedger(session, place), options)
        return forth.applyPlan(session, planned, {author, scriptBytes, readStatement, ...rest})
      }),
    rollback: (url, {config, scriptBytes}, {to, transaction = 'release', ...rest} = {}) =>
      withDatabase(url, {}, async (session) => {
        const ledger = await readLedger(session, place)
        const undone = releasesToUndo(ledger, to === undefined ? to : parseVersion(to))
        const planned = planRollback(ledger, undone, (one) => packedAs(config, one), transaction)
        return back.rollbackPlan(session, planned, {author, scriptBytes, readStatement, ...rest})
      }),
  }
}
