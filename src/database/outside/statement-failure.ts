import {Interrupted} from '../apply/run.ts'
import type {Run} from '../apply/run.ts'
import type {LoadedScript, ScriptBatch} from '../apply/script.ts'
import {StatementFailure} from '../apply/failure.ts'
import type {OutsideStatement} from '../../artifact/statement.ts'
import {offsetOfCharacter} from '../sql/characters.ts'
import {SqlError} from '../sql-error.ts'

/** A statement failed, with its place in its script. */
export function statementFailure(
  error: SqlError,
  script: LoadedScript,
  batch: ScriptBatch,
): StatementFailure {
  const {position} = error
  const offset = position === undefined ? {} : {offset: offsetOfCharacter(batch.text, position - 1)}
  return new StatementFailure(error, {script, batch, statement: 0, ...offset}, 'no-transaction')
}

export function leftOpen(): SqlError {
  const fields = {code: '25001', hint: 'Take BEGIN out of the file.'}
  return new SqlError('the statement left a transaction open', fields, {marks: 0, completed: 1})
}

/** The server was content with it, and it still did not do what it says. @param why a clause */
export function notDone(why: string): SqlError {
  const fields = {
    // object_not_in_prerequisite_state
    code: '55000',
    hint: 'Drop that index, or rebuild it with REINDEX INDEX CONCURRENTLY, then run the same command again.',
  }
  return new SqlError(`the statement ended well, but ${why}`, fields, {marks: 0, completed: 1})
}

/** SQLSTATEs of class 42, "syntax error or access rule violation": mostly found before a statement does anything. */
const refusal = /^42/

/** The run was told to end before the statement was sent. */
class NotSent extends Interrupted {}

/** @throws Interrupted, which then is known to have `leftNoTrace` */
export function checkNotSent({interruption: {signal}}: Run): void {
  if (signal?.aborted === true) throw new NotSent('interrupted', {cause: signal.reason})
}

/**
 * Whether a statement that this run sent failed without having done anything: one transaction of its own was rolled
 * back, or it was refused before it began. What failed inside of a function may have committed before.
 */
export function leftNoTrace({kind}: OutsideStatement, error: unknown): boolean {
  const isWhole = kind === 'atomic' || kind === 'setting'
  if (error instanceof NotSent) return true
  // the server cancelled it
  if (error instanceof Interrupted) return isWhole
  if (!(error instanceof StatementFailure)) return false
  const {code, where, progress} = error.cause
  if (progress.completed > 0) return false
  return isWhole || (refusal.test(code) && where === undefined)
}
