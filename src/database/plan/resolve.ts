import {migrationLabel} from '../../artifact/release.ts'
import type {ReleaseEntry} from '../../artifact/release.ts'
import {sameVersion} from '../../artifact/version.ts'
import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import type {Ledger, LedgerMigration, LedgerRelease, ReleaseState} from '../ledger/ledger.ts'
import {checkAgainstRelease} from './agreement.ts'
import type {PackedOf} from './rollback.ts'
import {forwardOf} from './segments.ts'
import type {PlannedMigration} from './segments.ts'
import {planUndone} from './undone.ts'

/** What a person found of a statement that was begun: `applied` where it was done, `pending` where it was not. */
export type Verdict = 'applied' | 'pending'

/** A statement that was begun, and of which nobody recorded that it was done. */
export interface OpenStatement {
  readonly recorded: LedgerRelease
  readonly row: LedgerMigration
  /** From 1. */
  readonly statement: number
}

/** What `resolve` will write, as data. */
export interface ResolvePlan extends OpenStatement {
  readonly schema: string
  readonly project: string
  readonly release: ReleaseEntry
  readonly planned: PlannedMigration
  /** How many statements the script has. */
  readonly statements: number
  readonly verdict: Verdict
  /** What the ledger says after; `absent` where the row goes. */
  readonly after: {
    readonly migration: LedgerMigration['state'] | 'absent'
    readonly release: ReleaseState | 'absent'
  }
  readonly fingerprint: string
}

/** What a person is asked for, as a command. @param label `1.1.0/0004_orders` */
export function resolveCommand(label: string): string {
  return `squizzle resolve ${label} --applied|--pending --reason <text>`
}

/**
 * Finds what a person decides about.
 * @throws USAGE where nothing of it is open, VERSION_NOT_FOUND
 */
export function findOpen(ledger: Ledger, version: Version, name: string): OpenStatement {
  const recorded = ledger.releases.findLast((release) => sameVersion(release.version, version))
  if (recorded === undefined) {
    throw new SquizzleError('VERSION_NOT_FOUND', `the database does not have ${version}`, {
      hint: whatIsOpen(ledger),
      details: {version},
    })
  }
  const row = recorded.migrations.find((migration) => migration.name === name)
  if (row === undefined || !isOpen(row)) {
    const label = migrationLabel(recorded.version, name)
    throw new SquizzleError('USAGE', `nothing is open in ${label}`, {
      hint: whatIsOpen(ledger),
      details: {version: recorded.version, migration: name},
    })
  }
  return {recorded, row, statement: row.statements?.started ?? 0}
}

/** @throws INTEGRITY where ledger and artifact disagree */
export function planResolve(
  ledger: Ledger,
  open: OpenStatement,
  verdict: Verdict,
  packed: PackedOf,
): ResolvePlan {
  const {recorded, row, statement} = open
  const release = packed(recorded)
  if (release === undefined) throw new Error(`no artifact was looked up for ${recorded.version}`)
  checkAgainstRelease(recorded, release)
  const planned = plannedOf(ledger, open, release, packed)
  const statements = planned.source.script.batches?.length ?? 1
  if (statement > statements) throw tooMany(open, statements)
  const isLast = statement === statements
  return {
    ...open,
    schema: ledger.schema,
    project: ledger.meta?.project ?? '',
    release,
    planned,
    statements,
    verdict,
    after:
      row.state === 'undoing'
        ? afterUndoing(open, verdict, isLast)
        : afterBegun(open, release, verdict, isLast),
    fingerprint: ledger.fingerprint,
  }
}

function plannedOf(
  ledger: Ledger,
  {recorded, row, statement}: OpenStatement,
  release: ReleaseEntry,
  packed: PackedOf,
): PlannedMigration {
  if (row.state === 'undoing') return planUndone(ledger, recorded, release, row, packed)
  const migration = release.migrations[row.position - 1]
  if (migration === undefined) throw new Error(`${release.version} has no migration ${row.name}`)
  return {
    release: release.version,
    position: row.position,
    migration,
    source: forwardOf(release.version, migration),
    statementsDone: statement - 1,
    statementOpen: true,
  }
}

type After = ResolvePlan['after']

function afterBegun(
  {recorded, statement}: OpenStatement,
  release: ReleaseEntry,
  verdict: Verdict,
  isLast: boolean,
): After {
  if (verdict === 'pending') {
    return {migration: statement === 1 ? 'absent' : 'begun', release: 'applying'}
  }
  if (!isLast) return {migration: 'begun', release: 'applying'}
  return {migration: 'done', release: withOneMore(recorded, release)}
}

function afterUndoing({recorded}: OpenStatement, verdict: Verdict, isLast: boolean): After {
  if (verdict === 'pending' || !isLast) return {migration: 'undoing', release: 'applying'}
  return {migration: 'absent', release: recorded.migrations.length === 1 ? 'absent' : 'applying'}
}

/** What a release is where this migration counts as done too. */
function withOneMore({migrations}: LedgerRelease, release: ReleaseEntry): ReleaseState {
  const done = migrations.filter(({state}) => state === 'done').length + 1
  return done === release.migrations.length ? 'applied' : 'applying'
}

function isOpen({statements}: LedgerMigration): boolean {
  return statements !== undefined && statements.started > statements.done
}

function whatIsOpen({releases}: Ledger): string {
  const open = releases.flatMap(({version, migrations}) =>
    migrations.filter(isOpen).map(({name}) => migrationLabel(version, name)),
  )
  return open.length === 0
    ? 'No statement of this database is open: there is nothing to decide.'
    : `Open is a statement of ${open.join(', ')}.`
}

function tooMany({recorded, row, statement}: OpenStatement, statements: number): SquizzleError {
  const label = migrationLabel(recorded.version, row.name)
  return new SquizzleError(
    'INTEGRITY',
    `the ledger says that statement ${statement} of ${label} was begun, and the script has ${statements}`,
    {
      hint: 'It was changed by hand: put it back as it was.',
      details: {version: recorded.version, migration: row.name, statement, statements},
    },
  )
}
