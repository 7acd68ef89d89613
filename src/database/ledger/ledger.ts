import type {Digest} from '../../artifact/digest.ts'
import type {MigrationKind} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'

/** What a database records of the releases applied to it, as read at one moment. */
export interface Ledger {
  readonly schema: string
  /** Whether its tables are there. */
  readonly exists: boolean
  /** Absent before the first release. */
  readonly meta?: LedgerMeta
  /** By position. */
  readonly releases: readonly LedgerRelease[]
  /** The same as long as nothing was applied, undone or decided: what a transaction compares with its plan. */
  readonly fingerprint: string
  /**
   * Where no release is recorded: objects that the database holds already, outside the ledger's schema and
   * extensions, at most ten.
   */
  readonly occupants: readonly string[]
}

export interface LedgerMeta {
  readonly format: number
  readonly features: readonly string[]
  readonly project: string
  /** Where the ledger was made; the database may be a copy. */
  readonly databaseName: string
  readonly systemIdentifier?: string
  readonly createdAt: string
}

export type ReleaseState = 'applying' | 'applied'
export type ReleaseOrigin = 'run' | 'baseline' | 'import'

export interface LedgerRelease {
  readonly position: number
  readonly version: Version
  readonly diffId: Digest
  readonly layer: Digest
  readonly artifact?: string
  readonly manifest?: Digest
  readonly state: ReleaseState
  readonly origin: ReleaseOrigin
  readonly runId: string
  readonly role: string
  readonly runBy: string
  readonly host: string
  readonly toolVersion: string
  /** ISO 8601, UTC, by the clock of the server. */
  readonly startedAt: string
  readonly finishedAt?: string
  readonly durationMs?: number
  /** Its run came through a transaction pooler: between two transactions it holds no lock. */
  readonly pooled: boolean
  /** By position. */
  readonly migrations: readonly LedgerMigration[]
}

export type MigrationState = 'begun' | 'done' | 'undoing'

export interface LedgerMigration {
  readonly position: number
  readonly name: string
  readonly kind: MigrationKind
  /** Digest of the forward script. */
  readonly forward: Digest
  readonly state: MigrationState
  readonly runId: string
  /** Outside transactions: number of the last statement begun, and of the last one done; from 1. */
  readonly statements?: {readonly started: number; readonly done: number}
  readonly finishedAt?: string
  readonly durationMs?: number
}

export interface LedgerEvent {
  readonly id: number
  readonly at: string
  readonly kind: string
  readonly runId: string
  readonly version?: Version
  readonly migration?: string
  readonly script?: string
  readonly statement?: number
  readonly file?: string
  readonly line?: number
  readonly lineColumn?: number
  readonly sqlstate?: string
  readonly message?: string
  readonly reason?: string
  readonly role: string
  readonly runBy: string
  readonly host: string
  readonly toolVersion: string
}

/** The newest release, or undefined where there is none. */
export function headOf({releases}: Pick<Ledger, 'releases'>): LedgerRelease | undefined {
  return releases.at(-1)
}
