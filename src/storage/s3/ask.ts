import {isSquizzleError, type SquizzleError} from '../../errors.ts'
import {abortable} from '../transfer/limits.ts'
import type {Connection} from './client.ts'
import {explain} from './explain.ts'
import {classify, isNamed} from './failure.ts'

/**
 * Does what asks the server, and makes what people read of what goes wrong. Credentials come first, so that a failure to
 * get them is not taken for an answer of S3; the SDK keeps them until they expire.
 * @param expected error codes of S3 that are an answer here: thrown as they are.
 */
export async function ask<T>(
  connection: Connection,
  signal: AbortSignal,
  work: () => Promise<T>,
  expected: readonly string[] = [],
): Promise<T> {
  await abortable(signal, connection.client.config.credentials()).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : whyNoCredentials(connection, error)
  })
  try {
    return await work()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (isSquizzleError(error) || isNamed(error, ...expected)) throw error
    throw explain(classify(error), connection)
  }
}

/** For an answer that S3 would not give. */
export function notS3(connection: Connection, text: string): SquizzleError {
  return explain({kind: 'not-s3', text}, connection)
}

function whyNoCredentials(connection: Connection, error: unknown): SquizzleError {
  const failure = classify(error)
  const kind = failure.kind === 'no-credentials' ? failure.kind : 'credentials'
  return explain({...failure, kind}, connection)
}
