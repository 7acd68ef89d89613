import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {failureOf} from './failure.ts'
import type {WireClient} from './wire.ts'

/** Bytes of one message of rows: about what a socket takes at once. */
const slice = 64 * 1024

/**
 * Sends a COPY ... FROM stdin, and its rows behind it as fast as the server takes them.
 * @param sql the COPY, with nothing around it that answers with rows
 * @throws as a `Session` does
 */
export async function copyIn(client: WireClient, sql: string, rows: Uint8Array): Promise<void> {
  const {from} = await import('pg-copy-streams')
  const copy = from(sql)
  const {connection} = client
  let completed = 0
  const onComplete = () => (completed += 1)
  let failure: Promise<Error> | undefined
  copy.once('error', (error: unknown) => {
    failure = failureOf(error, connection, {marks: 0, completed})
  })
  connection.on('commandComplete', onComplete)
  try {
    client.query(copy)
    await pipeline(Readable.from(slices(rows), {objectMode: false}), copy)
  } catch (error) {
    throw (await failure) ?? error
  } finally {
    connection.off('commandComplete', onComplete)
  }
}

function* slices(rows: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < rows.length; at += slice) yield rows.subarray(at, at + slice)
}
