import {join} from 'node:path'
import {withTempDir} from '../../../files/temp.ts'
import {writeFileWhole} from '../../../files/write.ts'
import {dockerConfigPath} from './docker-config.ts'
import {credentialKey, type Credentials} from './credentials.ts'

/** Readable by this user alone, in a folder that is too. */
const privately = {mode: 0o600}

/**
 * Runs the work with the files in which oras looks for credentials, first to last. What was written for it is
 * gone after, come what may. None: oras looks where Docker keeps them.
 */
export async function withRegistryConfig<T>(
  registry: string,
  credentials: Credentials,
  env: Readonly<Record<string, string | undefined>>,
  work: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  const docker = dockerConfigPath(env)
  const own = ownConfig(credentialKey(registry), credentials)
  // without a home folder oras refuses to start unless it is told of a file
  if (own === undefined && docker !== undefined) return work([])
  return withTempDir(async (folder) => {
    const file = join(folder, 'config.json')
    await writeFileWhole(file, JSON.stringify(own ?? {}), privately)
    const before = credentials.login === undefined && docker !== undefined ? [docker] : []
    return work([...before, file])
  })
}

function ownConfig(key: string, {login, fallback}: Credentials): object | undefined {
  if (login !== undefined) {
    const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64')
    return {auths: {[key]: {auth}}}
  }
  return fallback === undefined ? undefined : {credHelpers: {[key]: fallback}}
}
