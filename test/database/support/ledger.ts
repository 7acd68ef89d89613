import type {ArtifactConfig, ReleaseEntry} from '../../../src/artifact/release.ts'
import type {
  Ledger,
  LedgerMigration,
  LedgerRelease,
  ReleaseState,
} from '../../../src/database/ledger/ledger.ts'
import {schema} from './apply.ts'

const run = '00000000-0000-4000-8000-000000000000'

/** A ledger in which these releases of an artifact were applied, in this order. */
export function ledgerWith(
  config: ArtifactConfig,
  versions: readonly string[] = config.releases.map(({version}) => version),
  changes: Partial<Ledger> = {},
): Ledger {
  const releases = versions.map((version, index) => {
    const entry = config.releases.find((release) => release.version === version)
    if (entry === undefined) throw new Error(`${version} is not in the artifact`)
    return recorded(entry, index + 1)
  })
  return {
    schema,
    exists: true,
    meta: {
      format: 1,
      features: [],
      project: config.project,
      databaseName: 'test',
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    releases,
    fingerprint: 'fingerprint',
    occupants: [],
    ...changes,
  }
}

export const absentLedger: Ledger = {
  schema,
  exists: false,
  releases: [],
  fingerprint: '',
  occupants: [],
}

/** A release as the ledger has it, with the first of its migrations where not all are done. */
export function recorded(
  entry: ReleaseEntry,
  position: number,
  done = entry.migrations.length,
  state: ReleaseState = done === entry.migrations.length ? 'applied' : 'applying',
): LedgerRelease {
  return {
    position,
    version: entry.version,
    diffId: entry.diffId,
    layer: entry.layer,
    state,
    origin: 'run',
    runId: run,
    role: 'postgres',
    runBy: 'tester',
    host: 'test-host',
    toolVersion: '0.0.0',
    startedAt: '2026-01-01T00:00:00.000Z',
    pooled: false,
    migrations: entry.migrations
      .slice(0, done)
      .map(({name, kind, forward}, index): LedgerMigration => ({
        position: index + 1,
        name,
        kind,
        forward: forward.digest,
        state: 'done',
        runId: run,
        ...(forward.transaction ? {} : {statements: {started: 1, done: 1}}),
      })),
  }
}
