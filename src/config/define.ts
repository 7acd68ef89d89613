/**
 * The part of a configuration that an environment may overlay.
 * `undefined` is allowed everywhere, since that is what an unset variable reads as.
 */
export interface ConfigLayer {
  /** Ties artifacts and databases together, so that the wrong ones never meet. */
  readonly project?: string | undefined
  /** The migrations folder. Default: `./db/migrations`, its format detected. */
  readonly migrations?: string | MigrationsConfig | undefined
  readonly database?: DatabaseConfig | undefined
  /** Default: `{type: 'local', config: {path: './db/artifacts'}}`. */
  readonly storage?: StorageConfig | undefined
  /** The tag or version that commands take when none is given. */
  readonly target?: string | undefined
}

export interface MigrationsConfig {
  readonly path?: string | undefined
  readonly format?: string | undefined
}

export interface DatabaseConfig {
  /** `postgres://...`, `postgresql://...`, `pglite:<folder>` or `pglite:memory`. */
  readonly url?: string | undefined
  /** Past a pooler, for what needs a session of its own. Belongs to the `url` it is written beside. */
  readonly directUrl?: string | undefined
  /** The ledger's schema. Default: `squizzle`. */
  readonly schema?: string | undefined
  readonly searchPath?: readonly string[] | undefined
  /** Default: `release`. */
  readonly transaction?: 'release' | 'migration' | undefined
  /** How long DDL waits for a lock of the database, as PostgreSQL writes a time. Default: `5s`. */
  readonly lockTimeout?: string | undefined
  /** As PostgreSQL writes a time. Default: the server's. */
  readonly statementTimeout?: string | undefined
  /** Seconds to wait for another run. Default: 60. */
  readonly waitLock?: number | undefined
}

export interface StorageConfig {
  /** `oci`, `s3`, `local`, or one that a plugin adds. */
  readonly type?: string | undefined
  readonly config?: Readonly<Record<string, unknown>> | undefined
}

/** What a configuration file holds. */
export interface Config extends ConfigLayer {
  /** By name: what `--env` and `SQUIZZLE_ENV` lay over the rest. */
  readonly environments?: Readonly<Record<string, ConfigLayer | undefined>> | undefined
}

/** What a configuration function is told. */
export interface ConfigContext {
  /** `--env`, else `SQUIZZLE_ENV`, else `NODE_ENV`. */
  readonly environment: string | undefined
}

export type ConfigFunction = (context: ConfigContext) => Config | Promise<Config>

/** What a JavaScript or TypeScript configuration file may export. */
export type ConfigExport = Config | ConfigFunction | Promise<Config | ConfigFunction>

/** Gives an editor the types of `squizzle.config.ts`; returns what it is given. */
export function defineConfig<T extends ConfigExport>(config: T): T {
  return config
}
