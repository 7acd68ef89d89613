import type {Connection} from 'pg'
import type {WireClient, WireConnection} from '../client/wire.ts'
import type {TlsAttempt} from './tls.ts'

export interface CancelTarget {
  readonly host: string
  readonly port: number
  readonly tls: TlsAttempt
}

/** Milliseconds after which a cancel request that nobody takes is given up. */
const patience = 5000

/**
 * Asks the server, over a connection of its own, to cancel what a client runs. The server answers
 * nothing; that the statement fails is the answer.
 */
export async function cancelRunning(client: WireClient, target: CancelTarget): Promise<void> {
  const {processID, secretKey} = client
  if (processID === null || secretKey === null) return
  const {Connection: PgConnection} = await import('pg')
  const connection = new PgConnection({ssl: target.tls}) as Connection & WireConnection
  const send = () => connection.cancel(processID, secretKey)
  const over = Promise.withResolvers<void>()
  connection.on('connect', () => (target.tls === false ? send() : connection.requestSsl()))
  connection.on('sslconnect', send).on('error', over.resolve).on('end', over.resolve)
  const timer = setTimeout(over.resolve, patience)
  if (target.host.startsWith('/')) connection.connect(`${target.host}/.s.PGSQL.${target.port}`)
  else connection.connect(target.port, target.host)
  await over.promise
  clearTimeout(timer)
  connection.stream.destroy()
}
