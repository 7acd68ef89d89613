import {SquizzleError} from '../../errors.ts'
import {SqlError} from '../sql-error.ts'
import type {Progress} from '../sql-error.ts'
import type {WireConnection} from './wire.ts'

/**
 * What a query failed with: an `SqlError` once the server is ready again, when the transaction's status can be trusted;
 * CONNECTION_LOST where it never will be. To be called while the error's message is handled, since the next may
 * have arrived with it.
 * @param error as pg gives it: the server's, or that of a connection that broke
 */
export function failureOf(
  error: unknown,
  connection: WireConnection,
  progress: Progress,
): Promise<Error> {
  const failure = asSqlError(error, progress)
  if (failure === undefined) return Promise.resolve(connectionLost(error))
  return new Promise((resolve) => {
    const ready = () => {
      connection.off('end', ended)
      resolve(failure)
    }
    const ended = () => {
      connection.off('readyForQuery', ready)
      resolve(connectionLost(failure))
    }
    connection.once('readyForQuery', ready).once('end', ended)
  })
}

function asSqlError(error: unknown, progress: Progress): SqlError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined
  const fields = error as Error & Record<string, string | undefined>
  return new SqlError(
    error.message,
    {
      code: String(error.code),
      severity: fields['severity'],
      detail: fields['detail'],
      hint: fields['hint'],
      query: fields['internalQuery'],
      where: fields['where'],
      position: fields['position'] === undefined ? undefined : Number(fields['position']),
    },
    progress,
  )
}

function connectionLost(cause: unknown): SquizzleError {
  const reason = cause instanceof SqlError ? `: ${cause.message}` : ''
  return new SquizzleError('CONNECTION_LOST', `the connection to the database broke${reason}`, {
    hint: 'Run the same command again: it goes on from what the database records.',
    cause,
    details: cause instanceof SqlError ? {sqlstate: cause.code} : {},
  })
}
