import {readFile} from 'node:fs/promises'
import type {ConnectionOptions} from 'node:tls'
import {SquizzleError} from '../../errors.ts'

/** How one attempt to connect treats TLS: false for none. */
export type TlsAttempt = ConnectionOptions | false

/** The modes of libpq, in its order: from no protection to full. */
const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof modes)[number]

type Parameters = Readonly<Record<string, string>>

/**
 * The attempts to make, in order, with the meaning that libpq gives `sslmode`:
 *
 * - `disable`: no TLS
 * - `allow`: TLS where the server insists on it; `prefer` (the default): TLS where the server has it; both trust any certificate
 * - `require`: TLS, trusting any certificate unless `sslrootcert` is given, which makes it `verify-ca`
 * - `verify-ca`: a certificate of a trusted authority; `verify-full`: and for this host
 *
 * Trusted are the authorities of `sslrootcert`, else those that Node.js trusts. `sslcert`, `sslkey` and
 * `sslpassword` are the client's own certificate.
 * @throws CONFIG_INVALID
 */
export async function tlsAttempts(
  parameters: Parameters,
  socket: boolean,
): Promise<readonly TlsAttempt[]> {
  const mode = readMode(parameters)
  if (socket || mode === 'disable') return [false]
  const trusting: ConnectionOptions = {
    ...(await certificates(parameters)),
    rejectUnauthorized: false,
  }
  const verifying = {...trusting, rejectUnauthorized: true}
  const attempts: Readonly<Record<typeof mode, readonly TlsAttempt[]>> = {
    allow: [false, trusting],
    prefer: [trusting, false],
    require: [trusting],
    'verify-ca': [{...verifying, checkServerIdentity: () => undefined}],
    'verify-full': [verifying],
  }
  return attempts[mode]
}

function readMode({sslmode, sslrootcert}: Parameters): Mode {
  if (sslmode === undefined) return sslrootcert === 'system' ? 'verify-full' : 'prefer'
  // what pg's own URLs call a TLS that trusts anyone
  const mode = sslmode === 'no-verify' ? 'require' : modes.find((name) => name === sslmode)
  if (mode === undefined) {
    throw new SquizzleError('CONFIG_INVALID', 'the database URL has an unknown sslmode', {
      hint: `Use one of ${modes.join(', ')}.`,
      details: {sslmode},
    })
  }
  return mode === 'require' && sslrootcert !== undefined ? 'verify-ca' : mode
}

async function certificates(parameters: Parameters): Promise<ConnectionOptions> {
  const {sslrootcert, sslcert, sslkey, sslpassword} = parameters
  const ca = sslrootcert === 'system' ? undefined : await read('sslrootcert', sslrootcert)
  const cert = await read('sslcert', sslcert)
  const key = await read('sslkey', sslkey)
  return {
    ...(ca === undefined ? {} : {ca}),
    ...(cert === undefined ? {} : {cert}),
    ...(key === undefined ? {} : {key}),
    ...(sslpassword === undefined ? {} : {passphrase: sslpassword}),
  }
}

async function read(parameter: string, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined
  return readFile(path).catch((cause: unknown) => {
    throw new SquizzleError('CONFIG_INVALID', `${parameter} of the database URL cannot be read`, {
      hint: `Check the file ${path}.`,
      details: {parameter, path},
      cause,
    })
  })
}
