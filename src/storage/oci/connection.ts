import {access, constants} from 'node:fs/promises'
import {resolve} from 'node:path'
import {SquizzleError} from '../../errors.ts'
import type {OciConfig} from './config.ts'
import {hostOf, isLoopback} from './location.ts'

/** How a registry is spoken to. */
export interface Connection {
  readonly host: string
  readonly plainHttp: boolean
  readonly insecure: boolean
  /** Absolute. */
  readonly caFile?: string
}

/** @param root what a relative caFile is relative to. */
export function connectionOf(
  {registry, plainHttp, insecure = false, caFile}: OciConfig,
  root: string,
): Connection {
  const encrypted = insecure || caFile !== undefined
  return {
    host: hostOf(registry),
    plainHttp: plainHttp ?? (isLoopback(registry) && !encrypted),
    insecure,
    ...(caFile !== undefined && {caFile: resolve(root, caFile)}),
  }
}

/**
 * The flags of oras for a connection.
 * @param end which end of a copy the registry is: there the flags have another name.
 * @param files where credentials are, first to last.
 */
export function connectionFlags(
  {host, plainHttp, insecure, caFile}: Connection,
  files: readonly string[],
  end: 'from' | 'to' | undefined,
): string[] {
  const flag = (name: string) => (end === undefined ? `--${name}` : `--${end}-${name}`)
  return [
    ...(plainHttp ? [flag('plain-http')] : []),
    // oras speaks HTTP to localhost unless it is told not to
    ...(!plainHttp && host === 'localhost' ? [`${flag('plain-http')}=false`] : []),
    ...(insecure ? [flag('insecure')] : []),
    ...(caFile === undefined ? [] : [flag('ca-file'), caFile]),
    ...files.flatMap((file) => [flag('registry-config'), file]),
  ]
}

/** @throws CONFIG_INVALID */
export async function expectCaFile({caFile}: Connection): Promise<void> {
  if (caFile === undefined) return
  await access(caFile, constants.R_OK).catch((error: unknown) => {
    throw new SquizzleError('CONFIG_INVALID', `caFile names ${caFile}, which cannot be read`, {
      hint: "It is a PEM file with the certificate of the authority that signed the registry's.",
      cause: error,
    })
  })
}
