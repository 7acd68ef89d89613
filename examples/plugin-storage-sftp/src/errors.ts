import {SquizzleError, type ErrorCode} from 'squizzle'
import type {SftpConfig} from './config.ts'

/** The failures that people meet, in squizzle's words; any other is reported with the plugin's name. */
export function explain(cause: unknown, {host, user, folder}: SftpConfig): unknown {
  if (!(cause instanceof Error) || cause instanceof SquizzleError) return cause
  const {level, code, message} = cause as Error & {level?: string; code?: string | number}
  const as = (name: ErrorCode, text: string, hint = '') =>
    new SquizzleError(name, text, {hint, cause})
  if (level === 'client-authentication') {
    return as(
      'AUTHENTICATION_REQUIRED',
      'authentication required',
      `${host} takes no key of ${user}.`,
    )
  }
  // SFTP's own codes: draft-ietf-secsh-filexfer-02, section 7
  if (code === 3) return as('PERMISSION_DENIED', 'permission denied', `See ${folder} on ${host}.`)
  if (level === 'client-timeout' || /^E(CONN|NOTFOUND|AI_|.*UNREACH|TIMEDOUT)/.test(`${code}`)) {
    return as('UNREACHABLE', `${host} can't be reached`)
  }
  const lost = /^(No response|Not connected)/.test(message)
  return lost ? as('CONNECTION_LOST', `the connection to ${host} was lost`) : cause
}

/** Undefined instead of SFTP's "no such file". */
export async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 2) return undefined
    throw error
  })
}
