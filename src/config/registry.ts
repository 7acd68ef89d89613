import type {StorageConfig} from './define.ts'
import {inSentence} from './plain-text.ts'
import {invalidInput, type Problem} from './problems/problems.ts'
import {registryExpected, repositoryExpected} from './registry-name.ts'
import {isPlainObject} from './tree.ts'

/** The type of storage that is kept in a registry. */
const registryStorage = 'oci'

/**
 * What `--registry <host[/path]>` and `SQUIZZLE_REGISTRY` say of the storage: a host alone keeps the
 * configured repository, a path replaces it.
 * @throws USAGE, CONFIG_INVALID
 */
export function storageOfRegistry(
  text: string,
  origin: string,
  configured: StorageConfig | undefined,
): StorageConfig {
  const {registry, repository} = splitRegistry(text, origin)
  const known = configured?.type === registryStorage ? configured.config?.['repository'] : undefined
  if (repository === undefined && typeof known !== 'string') {
    throw invalidInput(
      origin,
      `${origin} names no repository, and the configuration has none`,
      `Name both: ${registry}/<repository>.`,
    )
  }
  return {
    type: registryStorage,
    config: {registry, ...(repository !== undefined && {repository})},
  }
}

function splitRegistry(text: string, origin: string) {
  // Nothing of it may be shown: what is before the "@" is likely a password.
  if (text.includes('@')) {
    throw invalidInput(
      origin,
      `${origin} has an "@" in it: a registry is named without user, password and digest`,
      'Credentials come from OCI_USERNAME and OCI_PASSWORD, or from `docker login`.',
    )
  }
  const [registry = '', ...segments] = text.replace(/^oci:\/\//, '').split('/')
  const repository = segments.length === 0 ? undefined : segments.join('/')
  const shown = JSON.stringify(inSentence(text))
  const expected = text.includes('://')
    ? 'a registry without a scheme'
    : (registryExpected(registry) ??
      (repository === undefined ? undefined : repositoryExpected(repository)))
  if (expected !== undefined) {
    const hint = 'Write <host> or <host>/<repository>, as in ghcr.io/myorg/migrations.'
    throw invalidInput(origin, `${origin}: expected ${expected}, found ${shown}`, hint)
  }
  // Docker's rule: without a dot or a port, the first part is a name on Docker Hub.
  if (repository !== undefined && !/[.:]|^localhost$/.test(registry)) {
    const hint = `On Docker Hub it is docker.io/${inSentence(text)}; a local host is named with its port.`
    throw invalidInput(origin, `${origin}: ${shown} does not name a registry`, hint)
  }
  return {registry, repository}
}

/** What is wrong with the place that the configuration names. */
export function registryProblems({type, config = {}}: StorageConfig): Problem[] {
  if (type !== registryStorage) return []
  return [
    ...problemAt('storage.config.registry', config['registry'], registryExpected),
    ...problemAt('storage.config.repository', config['repository'], repositoryExpected),
  ]
}

function problemAt(
  path: string,
  value: unknown,
  expectedOf: (text: string) => string | undefined,
): Problem[] {
  const expected = typeof value === 'string' ? expectedOf(value) : undefined
  if (expected === undefined || typeof value !== 'string') return []
  const found = value.includes('@') ? 'one with an "@"' : JSON.stringify(inSentence(value, 60))
  return [{path, found, expected}]
}

/** `auth` without a password comes from an unset variable, and counts as absent. */
export function withoutEmptyAuth(storage: StorageConfig): StorageConfig {
  const {auth, ...config} = storage.config ?? {}
  if (storage.type !== registryStorage || !isPlainObject(auth)) return storage
  const given = Object.entries(auth).filter(([, value]) => value !== '')
  const empty = given.every(([key]) => key === 'username')
  return {...storage, config: empty ? config : {...config, auth: Object.fromEntries(given)}}
}
