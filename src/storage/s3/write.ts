import type {PutObjectCommandInput} from '@aws-sdk/client-s3'
import {ask, notS3} from './ask.ts'
import type {Connection} from './client.ts'
import {isNamed, statusOf} from './failure.ts'
import {pause} from './pause.ts'

/** On what a write depends, as the header says it. */
export type Condition = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>

/**
 * `refused`: the condition does not hold, and nothing was written. `unsupported`: nothing was written, because the server
 * knows no conditions.
 */
export type Written = 'written' | 'refused' | 'unsupported'

/** S3 says so while another write of the same key is under way; it then has to be tried again. */
const conflict = 'ConditionalRequestConflict'
const attempts = 6

/** Writes an object whole, in one request: its signature covers the bytes, so that none arrive changed. */
export async function writeObject(
  connection: Connection,
  key: string,
  bytes: Uint8Array,
  condition: Condition,
  signal: AbortSignal,
): Promise<Written> {
  const {client, location} = connection
  const input = {
    Bucket: location.bucket,
    Key: location.prefix + key,
    // with a known length: many servers take no other
    Body: bytes,
    ...condition,
  }
  return ask(connection, signal, async () => {
    for (let tries = 1; ; tries++) {
      try {
        const {ETag} = await client.putObject(input, {abortSignal: signal})
        if (ETag === undefined) throw notS3(connection, 'no ETag')
        return 'written'
      } catch (error) {
        const outcome = outcomeOf(error, condition)
        if (outcome !== undefined) return outcome
        if (tries === attempts || !isNamed(error, conflict)) throw error
        await pause(tries, signal)
      }
    }
  })
}

/** What an error says of the condition, if it says anything of it. */
function outcomeOf(error: unknown, {IfMatch, IfNoneMatch}: Condition): Written | undefined {
  if (IfMatch === undefined && IfNoneMatch === undefined) return undefined
  if (statusOf(error) === 412) return 'refused'
  if (statusOf(error) === 501) return 'unsupported'
  return IfMatch !== undefined && isNamed(error, 'NoSuchKey') ? 'refused' : undefined
}
