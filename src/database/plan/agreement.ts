import type {ArtifactConfig, ReleaseEntry} from '../../artifact/release.ts'
import {SquizzleError} from '../../errors.ts'
import type {Ledger, LedgerRelease} from '../ledger/ledger.ts'
import {packedAs} from './compare.ts'

/**
 * Checks that what the ledger says of each release that the artifact has is what the artifact says of it.
 * @throws INTEGRITY
 */
export function checkAgainstArtifact(config: ArtifactConfig, {releases}: Ledger): void {
  for (const recorded of releases) {
    const packed = packedAs(config, recorded)
    if (packed !== undefined) checkAgainstRelease(recorded, packed)
  }
}

/** The same for one release. @throws INTEGRITY */
export function checkAgainstRelease(recorded: LedgerRelease, packed: ReleaseEntry): void {
  const {version, state} = recorded
  for (const row of recorded.migrations) {
    const migration = packed.migrations[row.position - 1]
    if (migration?.name !== row.name) {
      throw disagrees(version, `its migration ${row.position} is ${row.name}`)
    }
    if (migration.kind !== row.kind || migration.forward.digest !== row.forward) {
      throw disagrees(version, `its migration ${row.name} is recorded with another content`)
    }
    if (migration.forward.transaction && row.state === 'begun') {
      throw disagrees(version, `its migration ${row.name} is begun, which runs in a transaction`)
    }
  }
  const done = recorded.migrations.filter((row) => row.state === 'done').length
  const complete = done === packed.migrations.length
  if (state === 'applied' && !complete) {
    throw disagrees(version, 'it is applied while migrations of it are not done')
  }
  if (state === 'applying' && complete) {
    throw disagrees(version, 'it is not applied while all of its migrations are done')
  }
}

function disagrees(version: string, how: string): SquizzleError {
  return new SquizzleError(
    'INTEGRITY',
    `the ledger disagrees with the artifact on ${version}: ${how}`,
    {
      hint: 'It was changed by hand: put it back as it was.',
      details: {version, how},
    },
  )
}
