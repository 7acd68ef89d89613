import {isSquizzleError, SquizzleError} from '../../errors.ts'
import type {ErrorCode} from '../../errors.ts'
import {explainSqlError} from '../explain.ts'
import {readLedger} from '../ledger/read.ts'
import type {Reached} from '../plan/reached.ts'
import {resolveCommand} from '../plan/resolve.ts'
import {explainFailure, locateFailure, StatementFailure} from './failure.ts'
import type {LocatedFailure, Outcome} from './failure.ts'
import {Interrupted} from './run.ts'
import type {Run} from './run.ts'
import {sessionResets} from './settings.ts'
import {describeOutcome, describeReached} from './state.ts'
import {insertEvent} from '../writes/events.ts'
import type {EventFacts} from '../writes/events.ts'

/**
 * Ends a run that failed: records the failure, which is a transaction of its own and never hides the first error,
 * and says what state the database is in.
 * @returns the error to throw
 */
export async function conclude(run: Run, error: unknown): Promise<unknown> {
  if (error instanceof StatementFailure) {
    const located = locateFailure(error)
    if (ownTransactions.includes(error.outcome)) run.reached = await readReached(run)
    await recordEvent(run, 'failed', factsOf(located))
    return explainFailure(located, codeOf(run, located), describeOutcome(error.outcome, run))
  }
  const explained = explainSqlError(error, run.session)
  if (explained instanceof Interrupted) {
    await recordEvent(run, 'interrupted', {})
    return explainInterruption(run, explained)
  }
  const message = explained instanceof Error ? explained.message : String(explained)
  await recordEvent(run, 'failed', {message})
  return withState(explained, run)
}

/** What the script committed may include ledger rows of the scripts before it. */
const ownTransactions: readonly Outcome[] = ['committed', 'ended']

/** Where the database is, asked anew; what the run knows of it where that can't be. */
export async function readReached({
  session,
  schema,
  options,
  reached,
  reachedBy,
}: Run): Promise<Reached> {
  try {
    const {searchPath} = options
    return reachedBy(await readLedger(session, {schema, searchPath}))
  } catch {
    return reached
  }
}

function codeOf({kind}: Run, {failure}: LocatedFailure): ErrorCode {
  return failure.failed.script.role === 'verify' ? 'VERIFY_FAILED' : kind.failure
}

function factsOf({failure, file, location, message}: LocatedFailure): EventFacts {
  const {script} = failure.failed
  return {
    version: script.planned.release,
    migration: script.planned.migration.name,
    script: script.role,
    file,
    sqlstate: failure.cause.code,
    message,
    ...(location === undefined
      ? {}
      : {statement: location.statement, line: location.line, lineColumn: location.column}),
  }
}

async function recordEvent(run: Run, kind: string, facts: EventFacts): Promise<void> {
  if (run.session.lost || !run.recorded) return
  const statements = [
    // a script that committed may have left its role and its settings behind
    ...sessionResets(run.session),
    'SET LOCAL search_path TO pg_catalog, pg_temp',
    insertEvent(run.writer, kind, facts),
  ]
  await run.session.run(statements.join(';\n')).catch(() => undefined)
}

const signalCodes: readonly ErrorCode[] = ['INTERRUPTED', 'TERMINATED']

function explainInterruption(run: Run, {cause}: Interrupted): SquizzleError {
  const reason: unknown = run.interruption.signal?.reason ?? cause
  const code =
    isSquizzleError(reason) && signalCodes.includes(reason.code) ? reason.code : 'INTERRUPTED'
  const state = describeReached(run)
  return new SquizzleError(
    code,
    `${code === 'TERMINATED' ? 'terminated' : 'interrupted'}: ${state}`,
    {hint: whatNext(run), details: {state}, cause: reason},
  )
}

function whatNext({kind, reached: {open}}: Run): string {
  if (open === undefined || open.settled) return kind.words.again
  return `Look at the database, then say what you found: ${resolveCommand(open.migration)}`
}

function withState(error: unknown, run: Run): unknown {
  if (!isSquizzleError(error) || error.code !== 'CONNECTION_LOST') return error
  if ('committed' in error.details) return error
  const state = describeReached(run)
  return new SquizzleError('CONNECTION_LOST', error.message, {
    hint: `The server rolls back what was not committed: ${state}. ${whatNext(run)}`,
    details: {...error.details, state},
    cause: error.cause,
  })
}
