import type {SourceMigration, SourceScript} from './migration.ts'

/** What a format's reader gets to see of a migrations folder. */
export interface SourceFolder {
  /** Paths of all files below it, `/`-separated, in byte order; nothing of dot files or folders. */
  readonly files: readonly string[]
  /** A file as a script. @throws SOURCE_INVALID where it is not SQL text */
  readonly script: (file: string) => Promise<SourceScript>
}

/** Reads the migrations folders of one tool. */
export interface SourceFormat {
  /** `migrations.format` of the configuration. */
  readonly name: string
  /** Whether the file names look like this tool's. */
  readonly detect: (files: readonly string[]) => boolean
  /**
   * The folder's migrations in the tool's own order. Nothing that could be a migration is passed over.
   * @throws SOURCE_INVALID
   */
  readonly read: (folder: SourceFolder) => Promise<readonly SourceMigration[]>
}
