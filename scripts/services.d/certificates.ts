import {execFile} from 'node:child_process'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {giveToServer} from './owner.ts'
import {partPath} from './parts.ts'

export interface Certificates {
  /** The certificate of a new authority that nothing trusts by default. */
  readonly ca: string
  /** A certificate of that authority for 127.0.0.1 and localhost, and its key. */
  readonly certificate: string
  readonly key: string
}

const days = ['-days', '2']
const newKey = ['-newkey', 'rsa:2048', '-nodes']

/** Makes a private certificate authority, and a server's certificate signed by it. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = (args: readonly string[]) =>
    promisify(execFile)(partPath('openssl'), args, {cwd: folder})
  const [ca, certificate, key] = ['ca.crt', 'server.crt', 'server.key'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const extensions = join(folder, 'server.ext')

  const authority = ['-subj', '/CN=squizzle test authority', '-keyout', 'ca.key', '-out', ca]
  await openssl(['req', '-x509', ...newKey, ...days, ...authority])
  await openssl(['req', ...newKey, '-subj', '/CN=localhost', '-keyout', key, '-out', 'server.csr'])
  await writeFile(extensions, 'subjectAltName = IP:127.0.0.1, DNS:localhost\n')
  const signer = ['-CA', ca, '-CAkey', 'ca.key', '-CAcreateserial']
  const sign = ['x509', '-req', '-in', 'server.csr', '-extfile', extensions, ...signer]
  await openssl([...sign, ...days, '-out', certificate])
  giveToServer(key)
  return {ca, certificate, key}
}
