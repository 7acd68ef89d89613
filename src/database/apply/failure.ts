import {migrationLabel} from '../../artifact/release.ts'
import {SquizzleError} from '../../errors.ts'
import type {ErrorCode} from '../../errors.ts'
import {hintFor} from '../explain.ts'
import {locateCopyRow} from '../sql/copy-row.ts'
import {locate} from '../sql/location.ts'
import type {Location} from '../sql/location.ts'
import type {SqlError} from '../sql-error.ts'
import type {LoadedScript, ScriptBatch} from './script.ts'

/** What became of the transaction in which a script failed; `ended`: the script ended it and rolled it back itself. */
export type Outcome = 'rolled-back' | 'committed' | 'ended' | 'no-transaction'

/** What raises an error where a script has ended squizzle's transaction: no message of PostgreSQL says this. */
export const otherTransaction = 'squizzle found itself in another transaction'

export interface FailedScript {
  readonly script: LoadedScript
  readonly batch: ScriptBatch
  /** In the batch, where PostgreSQL named a position. */
  readonly offset?: number
  /** In the batch, from 0, where it did not. */
  readonly statement: number
}

/** A statement of a script failed; what the person is shown is made where the state of the database is known. */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure'
  override readonly cause: SqlError
  readonly failed: FailedScript
  readonly outcome: Outcome

  constructor(cause: SqlError, failed: FailedScript, outcome: Outcome) {
    super(cause.message, {cause})
    this.cause = cause
    this.failed = failed
    this.outcome = outcome
  }

  withOutcome(outcome: Outcome): StatementFailure {
    return new StatementFailure(this.cause, this.failed, outcome)
  }
}

/** A failure with its place, as the person is shown it and the ledger keeps it. */
export interface LocatedFailure {
  readonly failure: StatementFailure
  readonly file: string
  readonly location: Location | undefined
  /** One sentence, without the place. */
  readonly message: string
}

export function locateFailure(failure: StatementFailure): LocatedFailure {
  const {script} = failure.failed
  const file = migrationLabel(script.release, script.script.path)
  if (failure.cause.message.includes(otherTransaction)) {
    const message = 'the script ended the transaction that squizzle runs it in'
    return {failure, file, location: undefined, message}
  }
  const location = locationOf(failure)
  const said = failure.cause.message
  const message = location === undefined ? `at the end of the script: ${said}` : said
  return {failure, file, location, message}
}

function locationOf({cause, failed}: StatementFailure): Location | undefined {
  const {script, batch, offset, statement} = failed
  const {bytes, batches} = script
  // the end of a script is a batch of its own
  const sent = [...batches.filter(({at}) => at < batch.at), batch]
  const row = batch.rows && locateCopyRow(bytes, cause.where, sent, batch.rows)
  return row ?? locate(bytes, sent, offset, statement)
}

/**
 * The error that the person is shown.
 * @param code of a failure of what the run does
 * @param state what state the database is in now, as a sentence without its full stop
 */
export function explainFailure(
  located: LocatedFailure,
  code: ErrorCode,
  state: string,
): SquizzleError {
  const {failure, file, location, message} = located
  const {cause, failed} = failure
  const place = location === undefined ? file : `${file}:${location.line}:${location.column}`
  const advice = adviceFor(failure)
  return new SquizzleError(code, `${place}: ${message}`, {
    hint: `${state.charAt(0).toUpperCase()}${state.slice(1)}.${advice === undefined ? '' : ` ${advice}`}`,
    details: {
      release: failed.script.planned.release,
      migration: failed.script.planned.migration.name,
      file,
      ...location,
      sqlstate: cause.code,
      ...(cause.detail === undefined ? {} : {detail: cause.detail}),
      ...(cause.hint === undefined ? {} : {hint: cause.hint}),
      ...(cause.query === undefined ? {} : {query: cause.query}),
      ...(cause.where === undefined ? {} : {context: cause.where}),
      state,
    },
    cause,
  })
}

function adviceFor({cause}: StatementFailure): string | undefined {
  if (cause.message.includes(otherTransaction)) {
    return 'Take COMMIT, ROLLBACK and BEGIN out of the file: squizzle puts a transaction around it.'
  }
  if (cause.message.startsWith('COPY from stdin failed')) {
    return 'A COPY ... FROM stdin has no data here: use INSERT.'
  }
  if (cause.code === '25006') return 'Take out of the file what makes its transaction read only.'
  return hintFor(cause.code)
}
