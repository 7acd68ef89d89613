import {SquizzleError} from '../../errors.ts'
import type {WireConnection} from '../client/wire.ts'

const bound = 'SCRAM-SHA-256-PLUS'

/**
 * Breaks a connection whose server asks for a login that is not bound to the TLS channel, before anything
 * of the password is sent: what `channel_binding=require` promises. Call it before connecting, so that
 * it hears of the server's wish first.
 * @returns what throws, once connected, if the login was not bound
 * @throws TLS
 */
export function requireChannelBinding(connection: WireConnection): () => void {
  let refusal: SquizzleError | undefined
  let proved = false
  const refuse = () => {
    refusal = new SquizzleError('TLS', 'the server offers no channel binding', {
      hint: 'Leave channel_binding=require out of the database URL only if you trust the way to the server.',
    })
    connection.stream.destroy(refusal)
  }
  connection.prependListener('authenticationCleartextPassword', refuse)
  connection.prependListener('authenticationMD5Password', refuse)
  connection.prependListener('authenticationSASL', ({mechanisms}: {mechanisms: string[]}) => {
    if (!mechanisms.includes(bound)) refuse()
  })
  connection.prependListener('authenticationSASLFinal', () => (proved = true))
  connection.prependListener('authenticationOk', () => {
    // a server that asks for nothing has proved nothing either
    if (!proved) refuse()
  })
  return () => {
    if (refusal !== undefined) throw refusal
  }
}
