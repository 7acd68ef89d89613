import type {StorageContext} from '../backend.ts'
import type {TransferOptions} from '../storage.ts'
import {withLimits} from '../transfer/limits.ts'
import type {OciConfig} from './config.ts'
import {connectionOf, expectCaFile} from './connection.ts'
import type {Credentials} from './credentials/credentials.ts'
import {findCredentials} from './credentials/find.ts'
import {withRegistryConfig} from './credentials/registry-config.ts'
import {childEnvironment} from './environment.ts'
import type {Location} from './location.ts'
import type {Oras} from './oras.ts'
import {createSession, type Session} from './session.ts'

/**
 * Runs a piece of work within the caller's limits, with credentials at hand that are gone after it.
 * @param doing as it follows "timeout" and "oras failed": `pulling artifact`.
 */
export type WithSession = <T>(
  doing: string,
  options: TransferOptions,
  work: (session: Session) => Promise<T>,
) => Promise<T>

/** What every call to one repository shares. Credentials are looked for once. */
export function createClient(
  location: Location,
  config: OciConfig,
  oras: Oras,
  {env, root}: StorageContext,
): WithSession {
  const connection = connectionOf({...config, ...location}, root)
  let found: Promise<Credentials> | undefined

  function credentialsOf(signal: AbortSignal): Promise<Credentials> {
    found ??= findCredentials(location, config.auth, env, signal).catch((error: unknown) => {
      found = undefined
      throw error
    })
    return found
  }

  return (doing, options, work) =>
    withLimits(doing, options, async (signal) => {
      await expectCaFile(connection)
      const credentials = await credentialsOf(signal)
      const childEnv = childEnvironment(env, credentials.helpers)
      return withRegistryConfig(location.registry, credentials, env, (files) => {
        const {source} = credentials
        const setup = {location, connection, doing, signal, credentials: source, files}
        return work(createSession(oras, {...setup, env: childEnv}))
      })
    })
}
