import {hasErrno, SquizzleError} from '../../errors.ts'
import type {ErrorCode} from '../../errors.ts'
import {permissionDenied} from '../explain.ts'

/** System errors of a host that is not there, does not listen, or does not answer. */
const unreachable = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EACCES',
  'ENOENT',
  'EADDRNOTAVAIL',
]

/** What Node.js and OpenSSL call the failures of a TLS handshake and of certificates. */
const tlsCode =
  /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/

/** pg's words, which have no code. */
const noTls = 'The server does not support SSL connections'
const brokenTls = 'There was an error establishing an SSL connection'
const expired = 'timeout expired'

/** Whether the server has no TLS at all. */
export function isTlsAbsent(error: unknown): boolean {
  return error instanceof Error && error.message === noTls
}

/** Whether the server may take the same login with TLS, or without (`hostssl`, `hostnossl`). */
export function isRefusedByHostRule(error: unknown): boolean {
  return sqlStateOf(error) === '28000'
}

/** A failure to connect, as the error that a person is shown: without the password, which it may hold. */
export function explainConnectError(error: unknown, name: string, seconds: number): SquizzleError {
  if (error instanceof SquizzleError) return error
  const said = error instanceof Error ? error.message : String(error)
  const state = sqlStateOf(error)
  const details = {database: name, ...(state === undefined ? {} : {sqlstate: state})}
  const say = (code: ErrorCode, message: string, hint: string) =>
    new SquizzleError(code, message, {hint, details, cause: error})

  if (state !== undefined) return explainSqlState(state, said, say)
  if (said === expired) {
    return say(
      'UNREACHABLE',
      `the database did not answer within ${seconds} seconds at ${name}`,
      'Check host, port and firewall; connect_timeout in the URL allows more seconds.',
    )
  }
  if (said === noTls || said === brokenTls || isTlsError(error)) {
    return say(
      'TLS',
      `no trusted TLS connection to ${name}: ${lowerFirst(said)}`,
      'Check sslmode and sslrootcert in the database URL.',
    )
  }
  if (hasErrno(error, ...unreachable) || said.startsWith('Connection terminated')) {
    return say(
      'UNREACHABLE',
      `the database cannot be reached at ${name}: ${reasonOf(error)}`,
      'Check that it runs, and the host and port of the URL.',
    )
  }
  if (said.startsWith('SASL')) {
    return say(
      'AUTHENTICATION_REQUIRED',
      `authentication required: the database at ${name} asks for a password`,
      'Give the password in the database URL, or in PGPASSWORD.',
    )
  }
  return say('UNREACHABLE', `the database cannot be used at ${name}: ${said}`, 'Check the URL.')
}

function explainSqlState(
  state: string,
  said: string,
  say: (code: ErrorCode, message: string, hint: string) => SquizzleError,
): SquizzleError {
  if (state === '28P01' || state === '28000') {
    return say(
      'AUTHENTICATION_REQUIRED',
      `authentication required: ${said}`,
      'Check user and password of the database URL, and the rules of pg_hba.conf.',
    )
  }
  if (state === '42501') {
    return say('PERMISSION_DENIED', permissionDenied(said), 'Grant CONNECT on the database.')
  }
  if (state === '3D000') {
    return say('CONFIG_INVALID', said, 'Create it, or name another one in the database URL.')
  }
  if (state === '08P01') {
    return say(
      'CONFIG_INVALID',
      `what the connection asks for is refused: ${said}`,
      'A pooler in between does not know it: take it out of the database URL, or use the address of the server itself.',
    )
  }
  return say('UNREACHABLE', `the database takes no connection: ${said}`, 'Try again later.')
}

function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined
  return String(error.code)
}

function isTlsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && tlsCode.test(String(error.code))
}

/** Where each address of a name was tried there is one error for each. */
function reasonOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error ? first.message : String(first)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
