import {SquizzleError} from '../../errors.ts'
import type {WireConnection} from '../client/wire.ts'

const bound = 'SCRAM-SHA-256-PLUS'

/**
 * Breaks a connection whose server asks for a login that is not bound to the TLS channel, before anything
 * of the password is sent: what `channel_binding=require` promises. Call it before connecting, so that
 * it hears of the server's wish first.
 */
export function requireChannelBinding(connection: WireConnection): void {
  const refuse = () => {
    const error = new SquizzleError('TLS', 'the server offers no channel binding', {
      hint: 'Leave channel_binding=require out of the database URL only if you trust the way to the server.',
    })
    connection.stream.destroy(error)
  }
  connection.prependListener('authenticationCleartextPassword', refuse)
  connection.prependListener('authenticationMD5Password', refuse)
  connection.prependListener('authenticationOk', onlyAfter(connection, refuse))
  connection.prependListener('authenticationSASL', ({mechanisms}: {mechanisms: string[]}) => {
    if (!mechanisms.includes(bound)) refuse()
  })
}

/** A server that asks for nothing has proved nothing either. */
function onlyAfter(connection: WireConnection, refuse: () => void): () => void {
  let bindingOffered = false
  connection.once('authenticationSASLFinal', () => (bindingOffered = true))
  return () => {
    if (!bindingOffered) refuse()
  }
}
