import {sha256} from '../../../src/artifact/digest.ts'
import type {
  ArtifactConfig,
  Batch,
  BatchedScript,
  ReleaseEntry,
} from '../../../src/artifact/release.ts'
import {parseVersion} from '../../../src/artifact/version.ts'
import type {ScriptBytes} from '../../../src/database/apply/options.ts'

/** A release as a test writes it: names (`R__` begins those of repeatable ones) and SQL, in the order in which they run. */
export interface ReleaseSource {
  readonly version: string
  readonly after?: readonly string[]
  readonly files: Readonly<Record<string, string | FileSource>>
  /** Tells releases of one version apart. */
  readonly salt?: string
}

export interface FileSource extends ScriptSource {
  readonly rollback?: string | ScriptSource
  readonly verify?: string | ScriptSource
}

export interface ScriptSource {
  readonly sql: string
  readonly transaction?: boolean
  /** Where its batches begin, as texts that they begin with. */
  readonly cuts?: readonly string[]
  /** The same as a build records it. */
  readonly batches?: readonly Batch[]
  readonly lockTimeout?: string
  readonly statementTimeout?: string
}

export interface TestArtifact {
  readonly config: ArtifactConfig
  readonly scriptBytes: ScriptBytes
}

/** An artifact's config with all of its releases, as a build would write it. */
export function artifact(releases: readonly ReleaseSource[], project = 'shop'): TestArtifact {
  const scripts = new Map<string, Uint8Array>()
  const entries = releases.map((source, index) =>
    entry(
      source,
      source.after ?? releases.slice(Math.max(0, index - 1), index).map((r) => r.version),
      scripts,
    ),
  )
  const last = entries.at(-1)
  if (last === undefined) throw new Error('an artifact has at least one release')
  return {
    config: {
      schemaVersion: 1,
      features: [],
      project,
      version: last.version,
      builder: {name: 'squizzle', version: '0.0.0'},
      releases: entries,
    },
    scriptBytes: (release, migration, role) => {
      const path = migration[role]?.path
      const bytes = scripts.get(`${release}/${path}`)
      return bytes === undefined
        ? Promise.reject(new Error(`no bytes for ${path}`))
        : Promise.resolve(bytes)
    },
  }
}

function entry(
  {version: text, files, salt = ''}: ReleaseSource,
  after: readonly string[],
  scripts: Map<string, Uint8Array>,
): ReleaseEntry {
  const version = parseVersion(text)
  const migrations = Object.entries(files).map(([name, file]) => {
    const {rollback, verify, ...forward} = typeof file === 'string' ? {sql: file} : file
    const pack = (path: string, sql: string | ScriptSource) => {
      const source = typeof sql === 'string' ? {sql} : sql
      scripts.set(`${version}/${path}`, Buffer.from(source.sql))
      return script(path, source)
    }
    return {
      name,
      kind: name.startsWith('R__') ? ('repeatable' as const) : ('versioned' as const),
      forward: pack(`${name}.sql`, forward),
      ...(rollback !== undefined && {rollback: pack(`${name}.rollback.sql`, rollback)}),
      ...(verify !== undefined && {verify: pack(`${name}.verify.sql`, verify)}),
    }
  })
  const identity = JSON.stringify([version, after, migrations, salt])
  return {
    version,
    after: after.map((name) => parseVersion(name)),
    migrations,
    layer: sha256(`layer ${identity}`),
    size: 100,
    diffId: sha256(identity),
    created: '2026-01-15T10:30:00Z',
  }
}

function script(path: string, source: ScriptSource): BatchedScript {
  const bytes = Buffer.from(source.sql)
  const {sql: _, cuts, transaction = true, ...rest} = source
  return {
    path,
    digest: sha256(bytes),
    size: bytes.byteLength,
    transaction,
    ...rest,
    ...(cuts === undefined ? {} : {batches: [0, ...cuts.map((cut) => bytes.indexOf(cut))]}),
  }
}
