import {SquizzleError} from '../../errors.ts'
import type {LedgerRelease} from '../ledger/ledger.ts'
import type {PackedOf} from './rollback.ts'

/**
 * What stays in the ledger must have all that it is `after` before it: never roll back what another release is built on.
 * @throws ROLLBACK_FAILED
 */
export function refuseStaying(
  staying: readonly LedgerRelease[],
  undone: readonly LedgerRelease[],
  packed: PackedOf,
): void {
  for (const release of staying) {
    const after: readonly string[] = packed(release)?.after ?? []
    const base = undone.find(({version}) => after.includes(version))
    if (base === undefined) continue
    throw new SquizzleError(
      'ROLLBACK_FAILED',
      `${base.version} cannot be rolled back: ${release.version}, which stays, was built on it`,
      {
        hint: 'Nothing was done. The ledger has the two in an order that no artifact has: it was changed by hand.',
        details: {release: base.version, staying: release.version},
      },
    )
  }
}
