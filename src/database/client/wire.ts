import type {Client, Connection} from 'pg'

/** The parts of pg's client that its types leave out. */
export interface WireClient extends Client {
  readonly processID: number | null
  readonly secretKey: number | null
  readonly connection: WireConnection
}

/** pg's connection: it speaks the protocol and emits each message that arrives. */
export interface WireConnection extends Connection {
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}

export interface RowDescription {
  readonly fields: readonly {readonly name: string}[]
}

export interface DataRow {
  readonly fields: readonly (string | null)[]
}

/** A message of `type` with one text in it. */
export function textMessage(type: string, text: string): Buffer {
  const body = Buffer.from(`${text}\0`)
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** CopyFail: what answers a COPY ... FROM STDIN that has no data. */
export function copyFail(): Buffer {
  return textMessage('f', 'no data comes with the statement')
}
