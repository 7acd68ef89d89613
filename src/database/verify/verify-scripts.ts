import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {explainFailure, locateFailure, StatementFailure} from '../apply/failure.ts'
import type {ScriptBytes} from '../apply/options.ts'
import {loadScript} from '../apply/script.ts'
import type {ScriptOptions} from '../apply/settings.ts'
import type {OnStep} from '../apply/steps.ts'
import type {PlannedMigration} from '../plan/segments.ts'
import type {Session} from '../session.ts'
import {isSqlError} from '../sql-error.ts'
import {verifyReadOnly} from './read-only.ts'

export interface VerifyOptions extends ScriptOptions {
  readonly scriptBytes: ScriptBytes
  readonly onStep?: OnStep | undefined
  /** Aborted: cancels the script that runs, and throws the reason. */
  readonly signal?: AbortSignal | undefined
}

/** What became of one script. */
export interface VerifiedScript {
  readonly release: Version
  readonly migration: string
  /** `1.1.0/0004_orders.verify.sql`. */
  readonly file: string
  readonly passed: boolean
  /** Why it failed, and where. */
  readonly failure?: SquizzleError
}

/** SQLSTATE `query_canceled`. */
const canceled = '57014'

/**
 * Runs verify scripts one after the other, all of them, each in a READ ONLY transaction that is rolled back.
 * @throws CONNECTION_LOST, INTEGRITY, the signal's reason
 */
export async function verifyScripts(
  session: Session,
  scripts: readonly PlannedMigration[],
  options: VerifyOptions,
): Promise<readonly VerifiedScript[]> {
  const results: VerifiedScript[] = []
  for (const planned of scripts) {
    const failure = await verifyOne(session, planned, options)
    const {release, migration, source} = planned
    await options.onStep?.({
      type: 'verified',
      release,
      migration: migration.name,
      passed: failure === undefined,
    })
    results.push({
      release,
      migration: migration.name,
      file: `${source.release}/${source.script.path}`,
      passed: failure === undefined,
      ...(failure === undefined ? {} : {failure}),
    })
  }
  return results
}

async function verifyOne(
  session: Session,
  planned: PlannedMigration,
  options: VerifyOptions,
): Promise<SquizzleError | undefined> {
  const script = await loadScript(planned, options.scriptBytes)
  try {
    await verifyReadOnly(session, script, options, (task) => orCancel(session, options, task))
    return undefined
  } catch (error) {
    if (error instanceof StatementFailure) {
      return explainFailure(locateFailure(error), 'VERIFY_FAILED', 'nothing was written')
    }
    if (isSqlError(error)) return endedTransaction(planned, error)
    throw error
  }
}

/** The only statement of squizzle's own that a script can make fail. */
function endedTransaction({source}: PlannedMigration, cause: Error): SquizzleError {
  const file = `${source.release}/${source.script.path}`
  return new SquizzleError(
    'VERIFY_FAILED',
    `${file}: the script ended the transaction that squizzle runs it in`,
    {hint: 'Take COMMIT, ROLLBACK and BEGIN out of the file.', details: {file}, cause},
  )
}

async function orCancel(
  session: Session,
  {signal}: VerifyOptions,
  task: () => Promise<void>,
): Promise<void> {
  signal?.throwIfAborted()
  const cancel = () => {
    session.cancel().catch(() => undefined)
  }
  signal?.addEventListener('abort', cancel, {once: true})
  try {
    await task()
  } catch (error) {
    const cause = error instanceof StatementFailure ? error.cause : error
    if (isSqlError(cause, canceled)) signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}
