import {randomBytes} from 'node:crypto'
import {StatementFailure} from '../apply/failure.ts'
import {findFailed, textOf} from '../apply/message.ts'
import type {Message, MessagePart} from '../apply/message.ts'
import type {LoadedScript} from '../apply/script.ts'
import {ledgerSettings, scriptSettings, sessionResets} from '../apply/settings.ts'
import type {ScriptOptions} from '../apply/settings.ts'
import type {Session} from '../session.ts'
import {isSqlError} from '../sql-error.ts'

/** SQLSTATEs `no_active_sql_transaction` and `invalid_savepoint_specification`. */
const noTransaction = ['25P01', '3B001'] as const

/** How texts of a script are sent: a run cancels them when it is told to end. */
export type Send = (task: () => Promise<void>) => Promise<void>

/**
 * Runs a verify script in a READ ONLY transaction that is rolled back: nothing is written, and a role that may only read
 * is enough, as is a standby.
 * @throws StatementFailure where one of its statements raises an error
 */
export async function verifyReadOnly(
  session: Session,
  script: LoadedScript,
  options: ScriptOptions,
  send: Send,
): Promise<void> {
  // no script can know it, so none can end the transaction and go on in another one
  const savepoint = `squizzle_${randomBytes(12).toString('hex')}`
  const opening = [
    'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY',
    ...ledgerSettings(session.server, options),
    // after a first query the transaction can't be made to write
    'SELECT 1',
    `SAVEPOINT ${savepoint}`,
  ]
  try {
    for (const [index, batch] of script.batches.entries()) {
      const part: MessagePart = {
        script,
        batch,
        before: index === 0 ? scriptSettings(script.script, options) : [],
        after: [],
        recorded: [],
      }
      const last = index === script.batches.length - 1
      const message = {
        opening: index === 0 ? opening : [],
        parts: [part],
        tail: last ? [`ROLLBACK TO SAVEPOINT ${savepoint}`] : [],
      }
      await send(() => sendMessage(session, message))
    }
  } finally {
    if (!session.lost) {
      // a script may have changed role and settings of its session before it failed
      const resets = ['ROLLBACK', ...sessionResets(session)].join(';\n')
      await session.run(resets).catch(() => undefined)
    }
  }
}

async function sendMessage(session: Session, message: Message): Promise<void> {
  try {
    await session.run(textOf(message))
  } catch (error) {
    // squizzle's own ROLLBACK TO SAVEPOINT found no such thing: the script has ended the transaction
    if (!isSqlError(error) || isSqlError(error, ...noTransaction)) throw error
    const failed = findFailed(message, error, session.server.encoding === 'SQL_ASCII')
    throw failed === undefined ? error : new StatementFailure(error, failed, 'rolled-back')
  }
}
