import type {StorageBackend} from '../storage/backend.ts'

/** The effective configuration: every source merged, checked and typed. */
export interface Settings {
  /** Folder of the configuration file, else the working folder: what relative paths are relative to. */
  readonly root: string
  /** The configuration file, absolute; absent where there is none. */
  readonly file?: string
  /** The environment selected by `--env` or `SQUIZZLE_ENV`. */
  readonly environment?: string
  readonly project?: string
  readonly migrations: {
    /** Absolute. */
    readonly path: string
    readonly format?: string
  }
  readonly storage: StorageSettings
  /** Absent where no database is configured: `requireDatabase` says so. */
  readonly database?: DatabaseSettings
  /** The tag or version that commands take when none is given. */
  readonly target?: string
  /** Absolute; `.squizzle` or what `SQUIZZLE_CACHE_DIR` names. */
  readonly workspaceDir: string
}

export interface StorageSettings {
  readonly type: string
  /** As its backend's schema typed it. */
  readonly config: unknown
}

export interface DatabaseSettings {
  /** `postgres://...`, `postgresql://...`, `pglite:<absolute folder>` or `pglite:memory`. */
  readonly url: string
  /** Past a pooler, for what needs a session of its own. */
  readonly directUrl?: string
  /** The ledger's schema. */
  readonly schema: string
  readonly searchPath?: readonly string[]
  readonly transaction: 'release' | 'migration'
  /** As PostgreSQL writes a time, always with a unit (or `0`: no limit). */
  readonly lockTimeout: string
  readonly statementTimeout?: string
  /** Seconds. */
  readonly waitLock: number
}

/** One value of the configuration and where it came from, fit to be shown: free of secrets. */
export interface ConfigValue {
  /** Dotted: `storage.config.registry`. */
  readonly path: string
  /** What was secret in it is `***`. */
  readonly value: unknown
  /** `--registry`, `SQUIZZLE_REGISTRY`, `environments.production in squizzle.config.js`, `squizzle.config.js`, `default`. */
  readonly origin: string
  /** It is, or contains, a secret. */
  readonly secret: boolean
}

/** What `loadConfig` brings. */
export interface LoadedConfig {
  readonly settings: Settings
  /** Every effective value. */
  readonly values: readonly ConfigValue[]
  /** Worth telling a person each time, free of secrets. */
  readonly warnings: readonly string[]
  /** For `createRedactor`. Never to be shown. */
  readonly secrets: readonly string[]
  /** Why there is no database and what to do about it; present where `settings.database` is absent. */
  readonly databaseHint?: string
}

/** What the configuration needs to know of a kind of storage. */
export type ConfigBackend = Pick<
  StorageBackend,
  'type' | 'configSchema' | 'secrets' | 'fromUrl' | 'urlForm'
>
