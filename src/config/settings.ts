/** The effective configuration: every source merged, checked and typed. */
export interface Settings {
  /** Folder of the configuration file, else the working folder: what relative paths are relative to. */
  readonly root: string
  /** The configuration file; absent where there is none. */
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
  /** As PostgreSQL writes a time. */
  readonly lockTimeout: string
  readonly statementTimeout?: string
  /** Seconds. */
  readonly waitLock: number
}

/** One value of the configuration and where it came from. */
export interface ConfigValue {
  /** Dotted: `storage.config.registry`. */
  readonly path: string
  readonly value: unknown
  /** `--registry`, `SQUIZZLE_REGISTRY`, `environments.production in squizzle.config.js`, `squizzle.config.js`, `default`. */
  readonly origin: string
  /** Its value is never shown. */
  readonly secret: boolean
}
