import type {LoadedScript, ScriptBatch} from '../apply/script.ts'
import type {Run} from '../apply/run.ts'
import {sessionResets, sessionSettings} from '../apply/settings.ts'
import {rollback} from '../apply/transaction.ts'
import {connectionCheckInterval} from '../server.ts'
import {isSqlError} from '../sql-error.ts'
import {statementFailure} from './statement-failure.ts'

/**
 * Runs the work with a session as the script wants it: what squizzle sets, then what the script's own statements before
 * this one have set. All of it is taken back after, so that the ledger is never written as another role.
 * @param before those of the script's statements that set something
 * @throws StatementFailure where one of them is refused
 */
export async function withScriptSettings<T>(
  run: Run,
  whole: LoadedScript,
  before: readonly ScriptBatch[],
  work: () => Promise<T>,
): Promise<T> {
  const {session, options} = run
  try {
    await session.run(sessionSettings(whole.script, session.server, options).join(';\n'))
    for (const batch of before) await set(run, whole, batch)
    if (before.length > 0) await session.run(ownSettings(session).join(';\n'))
    return await work()
  } finally {
    await rollback(run)
    // a cancel request that comes late must not hide what happened
    await session.run(sessionResets(session).join(';\n')).catch(() => undefined)
  }
}

async function set({session}: Run, script: LoadedScript, batch: ScriptBatch): Promise<void> {
  try {
    await session.run(batch.text)
  } catch (error) {
    throw isSqlError(error) ? statementFailure(error, script, batch) : error
  }
}

/** What no script may take away: it is sent as UTF-8, and the server notices when its client is gone. */
function ownSettings({server}: Run['session']): readonly string[] {
  return [
    "SET client_encoding TO 'UTF8'",
    ...(server.connectionCheck
      ? [`SET client_connection_check_interval TO ${connectionCheckInterval}`]
      : []),
  ]
}
