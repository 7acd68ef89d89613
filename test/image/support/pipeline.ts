import {chown, mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {service} from '../../support/services.ts'

/** The user of the image; a workspace of a pipeline is theirs. */
const imageUser = 1000

/** Writes files into a folder that the image's user may write. */
export async function writeWorkspace(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), {recursive: true})
    await writeFile(path, content)
    for (let at = path; at.startsWith(folder); at = dirname(at))
      await chown(at, imageUser, imageUser)
  }
}

/** A configuration for the registry that wants a password, and for the database that `DATABASE_URL` names. */
export function privateRegistryConfig(repository: string): Record<string, string> {
  const {address} = service('registry-auth')
  const config = {registry: address, repository, caFile: '/authority/ca.crt'}
  return {
    'squizzle.config.js': `module.exports = {
      project: 'shop',
      database: {url: process.env.DATABASE_URL},
      storage: {type: 'oci', config: ${JSON.stringify(config)}},
    }`,
  }
}

/** What `docker login` writes. */
export function dockerConfig(): string {
  const {address, user} = service('registry-auth')
  const auth = Buffer.from(`${user.username}:${user.password}`).toString('base64')
  return JSON.stringify({auths: {[address]: {auth}}})
}
