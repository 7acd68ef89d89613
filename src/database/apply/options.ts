import type {Digest} from '../../artifact/digest.ts'
import type {Migration, ScriptRole} from '../../artifact/release.ts'
import type {ReadStatement} from '../../artifact/statement.ts'
import type {Version} from '../../artifact/version.ts'
import type {OnStep} from './steps.ts'

/** Reads a script's bytes, already checked against the artifact. */
export type ScriptBytes = (
  release: Version,
  migration: Migration,
  role: ScriptRole,
) => Promise<Uint8Array>

export interface ApplyOptions {
  readonly scriptBytes: ScriptBytes
  /** For scripts that run outside transactions. */
  readonly readStatement: ReadStatement
  /** Who does it, as the ledger keeps it. */
  readonly author: Author
  /** Where the artifact came from, as the ledger keeps it. */
  readonly artifact?: ArtifactOrigin
  /** PostgreSQL's, as it writes times. Default: `5s`. */
  readonly lockTimeout?: string | undefined
  /** Default: none. */
  readonly statementTimeout?: string | undefined
  /** Seconds to wait for another run. Default: 60. */
  readonly waitLock?: number | undefined
  /** Schemas that unqualified names in scripts mean. Default: those of role and database. */
  readonly searchPath?: readonly string[] | undefined
  /** Run the verify script of each migration before it counts as done. Default: no. */
  readonly verify?: boolean | undefined
  readonly retry?: RetryOptions | undefined
  readonly onStep?: OnStep | undefined
  /** Milliseconds between two `heartbeat` steps of what runs for long. Default: 1000. */
  readonly heartbeat?: number | undefined
  /** Aborted: cancels, rolls back and throws; a reason that is squizzle's TERMINATED error decides the code. */
  readonly signal?: AbortSignal | undefined
}

export interface Author {
  /** Operating system user, or URL of the CI run. */
  readonly by: string
  readonly host: string
  /** Of squizzle. */
  readonly toolVersion: string
}

export interface ArtifactOrigin {
  readonly reference?: string
  readonly manifest?: Digest
}

/** A transaction that live traffic got in the way of is rolled back and tried again. */
export interface RetryOptions {
  /** How often. Default: 8. */
  readonly limit: number
  /** Milliseconds before the first time, doubled for each next one up to 30 s. Default: 500. */
  readonly delay: number
}
