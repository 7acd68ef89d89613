import {offsetOfCharacter} from '../sql/characters.ts'
import {isSqlError, SqlError} from '../sql-error.ts'
import {StatementFailure} from './failure.ts'
import type {Run} from './run.ts'
import {loadScript} from './script.ts'
import type {LoadedScript, ScriptBatch} from './script.ts'
import {closeRelease, openRelease, rowOf, workOf} from './segment.ts'
import type {SegmentWork} from './segment.ts'
import {send} from './send.ts'
import {keepSessionLock} from './session-lock.ts'
import {sessionResets, sessionSettings} from './settings.ts'
import {reachedBetween, reachedStatement} from './state.ts'
import {inTransaction, rollback} from './transaction.ts'
import {finishMigration, startStatement, unstartStatement} from './writes.ts'

/** SQLSTATEs of class 42, "syntax error or access rule violation": found before a statement does anything. */
const refusedAtOnce = /^42/

/**
 * Applies a script that can't run in a transaction, one statement at a time: each is recorded as started before it runs
 * and as done after, so that what a killed run leaves open is known.
 * @throws as `inTransaction` does
 */
export async function applyStatements(run: Run, segment: SegmentWork): Promise<void> {
  const work = workOf(segment)
  const [planned] = segment.migrations
  if (planned === undefined) return
  const script = await loadScript(work.release, planned, 'forward', run.options.scriptBytes)
  await run.reporter.step({type: 'segment-begun', transaction: false, ...work})
  const began = performance.now()
  for (const [index, statement] of script.batches.entries()) {
    if (index < planned.statementsDone) continue
    const resumed = index === planned.statementsDone
    if (resumed) await recordStart(run, segment, script, index)
    const {name} = planned.migration
    run.reached = reachedStatement(run.reached, segment.planned, name, index + 1)
    await runStatement(run, segment, script, statement, index)
    const isLast = index === script.batches.length - 1
    await keepSessionLock(run)
    await record(
      run,
      segment,
      isLast
        ? finish(run, segment, script, performance.now() - began)
        : [startStatement(run.writer, rowOf(segment, planned), index + 2)],
    )
    run.reached = reachedBetween(run.reached)
    await report(run, script, 'statement-done', index)
    if (!isLast) await report(run, script, 'statement-started', index + 1)
  }
  await run.reporter.step({
    type: 'migration-done',
    release: work.release,
    migration: planned.migration.name,
  })
}

async function recordStart(
  run: Run,
  segment: SegmentWork,
  script: LoadedScript,
  index: number,
): Promise<void> {
  await keepSessionLock(run)
  await record(run, segment, [
    ...openRelease(run, segment),
    startStatement(run.writer, rowOf(segment, script.planned), index + 1),
  ])
  await report(run, script, 'statement-started', index)
}

function finish(
  run: Run,
  segment: SegmentWork,
  script: LoadedScript,
  milliseconds: number,
): readonly string[] {
  const row = rowOf(segment, script.planned)
  return [
    finishMigration(run.writer, row, script.batches.length, milliseconds),
    ...closeRelease(run, segment),
  ]
}

/** Writes to the ledger, in a transaction of its own. */
async function record(run: Run, segment: SegmentWork, writes: readonly string[]): Promise<void> {
  const work = workOf(segment)
  await inTransaction(run, work, () => send(run, work, () => run.session.run(writes.join(';\n'))))
}

async function runStatement(
  run: Run,
  segment: SegmentWork,
  script: LoadedScript,
  batch: ScriptBatch,
  index: number,
): Promise<void> {
  const {session, options} = run
  const work = workOf(segment)
  await session.run(sessionSettings(script.script, session.server, options).join(';\n'))
  await run.reporter.step({
    type: 'batch-sent',
    batch: index + 1,
    batches: script.batches.length,
    ...work,
  })
  try {
    await send(run, work, () => session.run(batch.text))
    if (session.transactionStatus !== 'idle') throw leftOpen()
  } catch (error) {
    if (!isSqlError(error)) throw error
    await rollback(run)
    if (refusedAtOnce.test(error.code)) await takeBack(run, segment, script, index)
    throw failureOf(error, script, batch)
  } finally {
    await rollback(run)
    // a cancel request that comes late must not hide what happened
    await session.run(sessionResets(session).join(';\n')).catch(() => undefined)
  }
}

function leftOpen(): SqlError {
  const fields = {code: '25001', hint: 'Take BEGIN out of the file.'}
  return new SqlError('the statement left a transaction open', fields, {marks: 0, completed: 1})
}

/** A statement that was refused before it did anything has no open outcome. */
async function takeBack(
  run: Run,
  segment: SegmentWork,
  script: LoadedScript,
  index: number,
): Promise<void> {
  const row = rowOf(segment, script.planned)
  try {
    await record(run, segment, [unstartStatement(run.writer, row, index + 1)])
    run.reached = reachedBetween(run.reached)
  } catch {
    // it stays recorded as begun; why it failed is worth more
  }
}

function failureOf(error: SqlError, script: LoadedScript, batch: ScriptBatch): StatementFailure {
  const {position} = error
  const offset = position === undefined ? {} : {offset: offsetOfCharacter(batch.text, position - 1)}
  return new StatementFailure(error, {script, batch, statement: 0, ...offset}, 'no-transaction')
}

function report(
  run: Run,
  script: LoadedScript,
  type: 'statement-started' | 'statement-done',
  index: number,
): Promise<void> {
  return run.reporter.step({
    type,
    release: script.release,
    migration: script.planned.migration.name,
    statement: index + 1,
    statements: script.batches.length,
  })
}
