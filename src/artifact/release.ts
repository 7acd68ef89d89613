import type {Digest} from './digest.ts'
import type {Version} from './version.ts'

/** One SQL file of a migration, as it is packed. */
export interface Script {
  /** File name inside the release's folder of the layer. */
  readonly path: string
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
  /** Whether it runs inside a transaction. */
  readonly transaction: boolean
  /** From its directives, as PostgreSQL writes a time: `30s`, `10min`. */
  readonly lockTimeout?: string
  readonly statementTimeout?: string
}

/** A script with what the config alone knows of it. */
export interface BatchedScript extends Script {
  /**
   * Byte offsets at statement borders, the first 0: at most about 1 MB apart, for a script outside
   * transactions the start of each statement. Absent where there is but one.
   */
  readonly batches?: readonly Batch[]
}

/**
 * Where a batch begins; or a COPY ... FROM stdin with its rows: where the statement begins, where its rows do, and where
 * they end, which is where the line `\.` begins. All in bytes. What is sent ends at the next batch, at rows without that line.
 */
export type Batch = number | {readonly at: number; readonly data: number; readonly end: number}

export type MigrationKind = 'versioned' | 'repeatable'

export interface Migration<S extends Script = BatchedScript> {
  readonly name: string
  readonly kind: MigrationKind
  readonly forward: S
  readonly rollback?: S
  readonly verify?: S
}

/** What decides what runs, and nothing that varies with who built it: `release.json` of a layer. */
export interface Release<S extends Script = Script> {
  readonly version: Version
  /** The newest releases that this one was built on; empty for a first release. */
  readonly after: readonly Version[]
  readonly migrations: readonly Migration<S>[]
}

/** A release as the config of an artifact lists it. */
export interface ReleaseEntry extends Release<BatchedScript> {
  /** Digest of the gzipped layer: where the bytes are. */
  readonly layer: Digest
  /** Bytes of the gzipped layer. */
  readonly size: number
  /** Digest of the uncompressed layer: with the version, the identity of the release. */
  readonly diffId: Digest
  /** ISO 8601, UTC. */
  readonly created: string
  readonly author?: string
  readonly notes?: string
}

/** The config blob: everything that a reader needs without opening a layer; cumulative. */
export interface ArtifactConfig {
  readonly schemaVersion: 1
  readonly features: readonly string[]
  readonly project: string
  readonly version: Version
  readonly builder: {readonly name: string; readonly version: string}
  /** In the order in which they run. */
  readonly releases: readonly ReleaseEntry[]
}

/** (version, diffId): two artifacts agree on a release where this is equal. */
export interface ReleaseIdentity {
  readonly version: Version
  readonly diffId: Digest
}

/** `(release, migration)` as people write it: `1.1.0/0004_orders`. */
export function migrationLabel(release: Version, migration: string): string {
  return `${release}/${migration}`
}

export const scriptRoles = ['forward', 'rollback', 'verify'] as const
export type ScriptRole = (typeof scriptRoles)[number]
