import {migrationLabel} from '../../artifact/release.ts'
import type {Migration, ReleaseEntry} from '../../artifact/release.ts'
import {SquizzleError} from '../../errors.ts'
import type {Ledger, LedgerMigration, LedgerRelease} from '../ledger/ledger.ts'
import type {PackedOf} from './rollback.ts'
import type {PlannedMigration, ScriptSource} from './segments.ts'

/**
 * The newest release before this one, in the order of this database, that ran a repeatable migration: its bytes are what
 * the migration goes back to.
 */
function earlierOf(
  {releases}: Pick<Ledger, 'releases'>,
  {position}: LedgerRelease,
  {name}: LedgerMigration,
): LedgerRelease | undefined {
  return releases
    .slice(0, position - 1)
    .findLast(({migrations}) =>
      migrations.some(
        (row) => row.name === name && row.kind === 'repeatable' && row.state === 'done',
      ),
    )
}

/** The releases whose bytes the repeatable migrations of these go back to. */
export function earlierReleases(
  ledger: Pick<Ledger, 'releases'>,
  undone: readonly LedgerRelease[],
): readonly LedgerRelease[] {
  const found = undone.flatMap((release) =>
    release.migrations
      .filter(({kind}) => kind === 'repeatable')
      .flatMap((row) => earlierOf(ledger, release, row) ?? []),
  )
  return [...new Set(found)]
}

/** Plans what undoes a migration. @throws ROLLBACK_FAILED where nothing does */
export function planUndone(
  ledger: Ledger,
  recorded: LedgerRelease,
  release: ReleaseEntry,
  row: LedgerMigration,
  packed: PackedOf,
): PlannedMigration {
  const migration = release.migrations[row.position - 1]
  if (migration === undefined) throw new Error(`${release.version} has no migration ${row.name}`)
  const source =
    (migration.kind === 'repeatable' ? earlierBytes(ledger, recorded, row, packed) : undefined) ??
    rollbackOf(release, migration)
  if (source === undefined) throw irreversible(release, migration)
  const {started, done} =
    row.state === 'undoing' && row.statements ? row.statements : {started: 0, done: 0}
  return {
    row,
    release: release.version,
    position: row.position,
    migration,
    source,
    statementsDone: done,
    statementOpen: started > done,
  }
}

function earlierBytes(
  ledger: Ledger,
  recorded: LedgerRelease,
  row: LedgerMigration,
  packed: PackedOf,
): ScriptSource | undefined {
  const earlier = earlierOf(ledger, recorded, row)
  if (earlier === undefined) return undefined
  const entry = packed(earlier)
  const migration = entry?.migrations.find(({name}) => name === row.name)
  if (entry === undefined || migration === undefined) {
    throw new Error(`no artifact was looked up for ${earlier.version}`)
  }
  return {release: entry.version, migration, role: 'forward', script: migration.forward}
}

function rollbackOf({version}: ReleaseEntry, migration: Migration): ScriptSource | undefined {
  const {rollback} = migration
  return rollback && {release: version, migration, role: 'rollback', script: rollback}
}

function irreversible({version}: ReleaseEntry, {name, kind}: Migration): SquizzleError {
  const label = migrationLabel(version, name)
  const lacks =
    kind === 'repeatable'
      ? 'no rollback script, and no earlier release ran it'
      : 'no rollback script'
  return new SquizzleError(
    'ROLLBACK_FAILED',
    `${version} cannot be rolled back: ${label} has ${lacks}`,
    {
      hint: 'Nothing was done. A released file stays as it is: undo the change with a new migration in a new version.',
      details: {release: version, migration: name},
    },
  )
}
