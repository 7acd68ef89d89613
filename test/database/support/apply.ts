import {applyPlan} from '../../../src/database/apply/apply-plan.ts'
import type {ApplyResult} from '../../../src/database/apply/apply-plan.ts'
import type {ApplyOptions} from '../../../src/database/apply/options.ts'
import type {Step} from '../../../src/database/apply/steps.ts'
import type {Ledger} from '../../../src/database/ledger/ledger.ts'
import {readLedger} from '../../../src/database/ledger/read.ts'
import {withDatabase} from '../../../src/database/open.ts'
import {planApply} from '../../../src/database/plan/plan.ts'
import type {PlanOptions} from '../../../src/database/plan/plan.ts'
import type {Session} from '../../../src/database/session.ts'
import {SquizzleError} from '../../../src/errors.ts'
import {readStatement} from '../../../src/schema/outside-statement.ts'
import type {TestArtifact} from './artifact.ts'
import {pgliteCache} from './engines.ts'

export const schema = 'squizzle'

export const author = {by: 'tester', host: 'test-host', toolVersion: '0.0.0'}

export interface ApplyRequest extends Partial<ApplyOptions> {
  readonly plan?: PlanOptions
  readonly schema?: string
}

/** Runs the work with an open session. */
export function withSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  return withDatabase(url, {cacheDir: pgliteCache, wait: 10}, work)
}

/** Reads, plans and applies, as the operation does. */
export function apply(
  url: string,
  {config, scriptBytes}: TestArtifact,
  {plan, schema: name = schema, ...options}: ApplyRequest = {},
): Promise<ApplyResult> {
  return withSession(url, async (session) => {
    const {searchPath} = options
    const ledger = await readLedger(session, {schema: name, searchPath})
    return applyPlan(session, planApply(config, ledger, plan), {
      author,
      scriptBytes,
      readStatement,
      ...options,
    })
  })
}

export function ledgerOf(url: string, name = schema): Promise<Ledger> {
  return withSession(url, (session) => readLedger(session, {schema: name}))
}

/** The error of an apply that must fail. */
export async function failureOf(run: Promise<unknown>): Promise<SquizzleError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof SquizzleError) return error
  throw error ?? new Error('it did not fail')
}

/** Collects what is reported. */
export function collectSteps(): {steps: Step[]; onStep: (step: Step) => void} {
  const steps: Step[] = []
  return {steps, onStep: (step) => void steps.push(step)}
}
