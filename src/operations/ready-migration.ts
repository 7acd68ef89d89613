import {sha256, type Digest} from '../artifact/digest.ts'
import type {BatchedScript, MigrationKind, ScriptRole} from '../artifact/release.ts'
import {analyzeScript, type AnalyzedScript} from '../schema/analyze.ts'
import {withoutSkippedLines} from '../schema/scan.ts'
import type {SourceMigration, SourceScript} from '../source/migration.ts'

/** A script of the folder, looked into only when something depends on it. */
export interface ReadyScript {
  readonly file: string
  /** Of the bytes as they are stored. Bytes that were released before need no parser. */
  digest(): Promise<Digest>
  /** What the parser says of it. @throws SOURCE_INVALID */
  analyzed(): Promise<AnalyzedScript>
}

export interface ReadyMigration {
  readonly name: string
  readonly kind: MigrationKind
  readonly forward: ReadyScript
  readonly rollback?: ReadyScript
  readonly verify?: ReadyScript
  readonly warnings: readonly string[]
}

export interface ReadyOptions {
  /** Digests of scripts as they were released. */
  readonly released: ReadonlySet<Digest>
  /** `--no-parse`: what the parser refuses is packed all the same. */
  readonly noParse: boolean
  readonly signal?: AbortSignal | undefined
}

export function readyMigration(source: SourceMigration, options: ReadyOptions): ReadyMigration {
  const {name, kind, forward, rollback, verify} = source
  return {
    name,
    kind,
    forward: readyScript(forward, 'forward', options),
    ...(rollback && {rollback: readyScript(rollback, 'rollback', options)}),
    ...(verify && {verify: readyScript(verify, 'verify', options)}),
    warnings: [forward, rollback, verify].flatMap((script) => script?.warnings ?? []),
  }
}

function readyScript(
  {file, firstLine, bytes}: SourceScript,
  role: ScriptRole,
  {released, noParse, signal}: ReadyOptions,
): ReadyScript {
  let result: Promise<AnalyzedScript> | undefined
  const analyzed = (): Promise<AnalyzedScript> =>
    (result ??= analyzeScript(bytes, {
      file,
      firstLine,
      role,
      parse: noParse ? 'optional' : 'required',
      signal,
    }))
  return {
    file,
    analyzed,
    digest: async () => {
      const asWritten = sha256(bytes)
      if (released.has(asWritten)) return asWritten
      // a dump may have 100 MB, and takes the parser half a minute
      const asDump = sha256(withoutSkippedLines({file, firstLine, bytes}))
      return released.has(asDump) ? asDump : sha256((await analyzed()).sql)
    },
  }
}

/** The script as release and config describe it. */
export function describeScript(path: string, script: AnalyzedScript): BatchedScript {
  const {sql, transaction, lockTimeout, statementTimeout, batches} = script
  return {
    path,
    digest: sha256(sql),
    size: sql.length,
    transaction,
    ...(lockTimeout !== undefined && {lockTimeout}),
    ...(statementTimeout !== undefined && {statementTimeout}),
    ...(batches && {batches}),
  }
}
