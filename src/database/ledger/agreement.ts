import {SquizzleError} from '../../errors.ts'
import type {Ledger, LedgerRelease} from './ledger.ts'

/**
 * Checks that a ledger agrees with itself: what holds of it however it came about, unless a hand was in it.
 * @throws INTEGRITY
 */
export function checkAgreement({meta, releases}: Ledger): void {
  const [first] = releases
  if (meta === undefined && first !== undefined) {
    throw broken('it records releases but not whose they are')
  }
  const seen = new Set<string>()
  for (const [index, release] of releases.entries()) {
    if (release.position !== index + 1) {
      throw broken(`release ${index + 1} is missing before ${release.version}`)
    }
    const identity = `${release.version} ${release.diffId}`
    if (seen.has(identity)) throw broken(`${release.version} is recorded twice`)
    seen.add(identity)
    checkRelease(release)
  }
}

/**
 * Checks that the release of every migration is there, by their positions.
 * @throws INTEGRITY
 */
export function checkOwners(
  releases: readonly {readonly position?: unknown}[],
  owners: Iterable<unknown>,
): void {
  const known = new Set(releases.map(({position}) => position))
  for (const owner of owners) {
    if (!known.has(owner)) throw broken(`release ${String(owner)} is missing, not its migrations`)
  }
}

function checkRelease({version, state, origin, migrations}: LedgerRelease): void {
  const unfinished = migrations.filter((migration) => migration.state !== 'done')
  if (state === 'applied' && unfinished[0] !== undefined) {
    throw broken(`${version} is applied while its migration ${unfinished[0].name} is not`)
  }
  if (unfinished.length > 1) throw broken(`${version} has two migrations under way`)
  // another tool may have run a later one and not an earlier one
  if (origin === 'import') return
  for (const [index, migration] of migrations.entries()) {
    if (migration.position !== index + 1) {
      throw broken(`migration ${index + 1} of ${version} is missing before ${migration.name}`)
    }
    if (migration.state !== 'done' && index !== migrations.length - 1) {
      throw broken(`${version} went on after its migration ${migration.name}, which is not done`)
    }
  }
}

function broken(how: string): SquizzleError {
  return new SquizzleError('INTEGRITY', `the ledger does not agree with itself: ${how}`, {
    hint: 'It was changed by hand: put it back as it was.',
    details: {how},
  })
}
