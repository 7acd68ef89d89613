import type {MigrationKind} from '../artifact/release.ts'

/** A migration as a project's folder holds it, whatever tool wrote it. */
export interface SourceMigration {
  /** As it will be named in the artifact. */
  readonly name: string
  readonly kind: MigrationKind
  readonly forward: SourceScript
  readonly rollback?: SourceScript
  readonly verify?: SourceScript
}

/** A script of a migration: a whole file, or a section of one. */
export interface SourceScript {
  /** As people know it: the path below the migrations folder. */
  readonly file: string
  /** Line of the file where the section begins, from 1. */
  readonly firstLine: number
  /** UTF-8, without BOM, line ends as they are stored. */
  readonly bytes: Buffer
  /** What a person should know: mixed line ends. */
  readonly warnings: readonly string[]
}

/** Everything that a migrations folder holds, in the order in which the migrations run. */
export interface Source {
  readonly format: string
  readonly migrations: readonly SourceMigration[]
}
