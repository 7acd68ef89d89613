import type {LoadedConfig} from '../config/settings.ts'
import {validate} from '../config/validate.ts'
import {backendForUrl, findBackend, type RegisteredBackend} from '../storage/backends.ts'
import type {StorageContext} from '../storage/backend.ts'
import type {Storage} from '../storage/storage.ts'

export interface OpenerInput {
  readonly loaded: LoadedConfig
  /** The only place where a storage may look for credentials. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Something worth telling a person, free of secrets. */
  readonly warn: (message: string) => void
  readonly backends: readonly RegisteredBackend[]
  /** Folder in which a backend may remember something. */
  readonly stateDir: string
}

export interface StorageOpener {
  readonly storage: () => Promise<Storage>
  readonly openStorage: (url: string) => Promise<Storage>
}

/** Opens the configured storage once, and others by their url. */
export function storageOpener({loaded, env, warn, backends, stateDir}: OpenerInput): StorageOpener {
  const {root, storage: configured} = loaded.settings
  const context: StorageContext = {root, env, stateDir, warn}
  let opened: Promise<Storage> | undefined
  const storage = (): Promise<Storage> =>
    (opened ??= findBackend(backends, configured.type).open(configured.config, context))
  return {
    storage,
    openStorage: async (url) => {
      const own = await storage()
      if (own.url === url) return own
      const {backend, config} = backendForUrl(backends, url)
      return backend.open(validate(backend.configSchema, config, 'storage.config'), {
        ...context,
        // these credentials are for the storage that the command names, and for no other
        env: {...context.env, OCI_USERNAME: undefined, OCI_PASSWORD: undefined},
      })
    },
  }
}
