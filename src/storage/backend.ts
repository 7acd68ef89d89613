import type {GenericSchema} from 'valibot'
import type {Storage} from './storage.ts'

/** The version of the contract between squizzle and a storage backend. */
export const apiVersion = 1

/** What opening a storage may need of the world, handed in because a backend never looks for itself. */
export interface StorageContext {
  /** Folder that relative paths of the configuration are relative to. */
  readonly root: string
  /** The environment's variables: the only place where a backend may look for credentials. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder for what a backend wants to remember between runs (a tool's version). Need not exist. */
  readonly stateDir: string
  /** Something worth telling a person, free of secrets. */
  readonly warn: (message: string) => void
}

/** Describes a kind of storage; its code is loaded by `open`, not before. */
export interface StorageBackend<Config = unknown> {
  readonly apiVersion: typeof apiVersion
  /** `storage.type` of the configuration. */
  readonly type: string
  /** Checks and types `storage.config`; a valibot schema, best a `strictObject`. */
  readonly configSchema: GenericSchema<unknown, Config>
  /** Names of `config` keys that hold secrets, dotted (`auth.password`): never shown. */
  readonly secrets?: readonly string[]
  /** How its URLs are written, for who wrote another: `s3://bucket/prefix`. */
  readonly urlForm?: string
  /** The `storage.config` that a `--storage` URL stands for; undefined where the URL is not of this kind. */
  readonly fromUrl?: (url: string) => unknown
  readonly open: (config: Config, context: StorageContext) => Promise<Storage>
}

/** A valibot schema by its shape alone: a plugin has its own copy of valibot, whose types are others. */
export interface ConfigSchema<Config> {
  readonly kind: 'schema'
  readonly async: false
  readonly '~types'?: {readonly output: Config} | undefined
}

/** What a backend is made of, its configuration typed by its schema. */
export interface StorageDefinition<Config> extends Omit<StorageBackend<Config>, 'configSchema'> {
  readonly configSchema: ConfigSchema<Config>
}

/**
 * Checks a backend's shape for the compiler; a plugin returns it from the hook `squizzle:storage`.
 * What comes back no longer tells the type of its configuration: it is opened with what its schema let through.
 */
export function defineStorage<Config>(backend: StorageDefinition<Config>): StorageBackend {
  return backend as StorageDefinition<unknown> as StorageBackend
}

/** What the module of a plugin's hook `squizzle:storage` exports as its default. */
export type StorageHook = (
  options: StorageHookOptions,
) => readonly StorageBackend[] | Promise<readonly StorageBackend[]>

export interface StorageHookOptions {
  /** Of the squizzle that asks: a plugin may offer another backend to an older one. */
  readonly apiVersion: number
}
