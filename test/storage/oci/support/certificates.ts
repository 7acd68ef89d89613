import {execFile} from 'node:child_process'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {tool} from '../../../support/services.ts'

export interface Authority {
  /** The file with its certificate. */
  readonly file: string
  /** Issues a certificate for names as openssl writes them: `IP:127.0.0.1`, `DNS:ghcr.io`. */
  readonly issue: (
    names: readonly string[],
    days?: number,
  ) => Promise<{readonly key: string; readonly cert: string}>
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** A certificate authority that nothing trusts by default. */
export async function makeAuthority(folder: string): Promise<Authority> {
  await mkdir(folder, {recursive: true})
  const openssl = (...args: string[]) =>
    promisify(execFile)(tool('openssl'), args, {cwd: folder, env: {}})
  const subject = ['-subj', '/CN=squizzle test authority', '-days', '2']
  await openssl('req', '-x509', ...newKey, ...subject, '-keyout', 'ca.key', '-out', 'ca.pem')
  let issued = 0
  return {
    file: join(folder, 'ca.pem'),
    async issue(names, days = 2) {
      const name = `server-${++issued}`
      const request = ['-subj', '/CN=server', '-keyout', `${name}.key`, '-out', `${name}.csr`]
      await openssl('req', ...newKey, ...request)
      await writeFile(join(folder, `${name}.ext`), `subjectAltName = ${names.join(', ')}\n`)
      const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days)]
      const sign = ['-req', '-in', `${name}.csr`, '-extfile', `${name}.ext`, ...signer]
      await openssl('x509', ...sign, '-out', `${name}.pem`)
      const read = (kind: string) => readFile(join(folder, `${name}.${kind}`), 'utf8')
      return {key: await read('key'), cert: await read('pem')}
    },
  }
}
