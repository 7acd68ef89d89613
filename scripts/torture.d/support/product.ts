import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type * as applyPlan from '../../../src/database/apply/apply-plan.ts'
import type * as open from '../../../src/database/open.ts'
import type * as planApply from '../../../src/database/plan/plan.ts'
import type * as read from '../../../src/database/ledger/read.ts'
import type * as outside from '../../../src/schema/outside-statement.ts'
import type {ApplyRequest} from '../../../test/database/support/apply.ts'
import type {TestArtifact} from '../../../test/database/support/artifact.ts'

/** What `npm run build` made. */
export const built = join(import.meta.dirname, '../../../dist')

const author = {by: 'torture', host: 'localhost', toolVersion: '0.0.0'}

type Apply = (
  url: string,
  artifact: TestArtifact,
  request?: ApplyRequest,
) => Promise<applyPlan.ApplyResult>

/** The apply of a built squizzle, as the command makes it: read, plan, carry out. */
export async function loadApply(folder = built): Promise<Apply> {
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(folder, path)).href)
  const {applyPlan: carryOut} = (await load('database/apply/apply-plan.js')) as typeof applyPlan
  const {planApply: plan} = (await load('database/plan/plan.js')) as typeof planApply
  const {readLedger} = (await load('database/ledger/read.js')) as typeof read
  const {readStatement} = (await load('schema/outside-statement.js')) as typeof outside
  const {withDatabase} = (await load('database/open.js')) as typeof open
  return (url, {config, scriptBytes}, {plan: options, schema = 'squizzle', ...rest} = {}) =>
    withDatabase(url, {}, async (session) => {
      const ledger = await readLedger(session, {schema})
      return carryOut(session, plan(config, ledger, options), {
        author,
        scriptBytes,
        readStatement,
        ...rest,
      })
    })
}
