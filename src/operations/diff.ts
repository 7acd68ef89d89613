import {findRelease, sameReleases} from '../artifact/history.ts'
import type {Migration, ReleaseEntry} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import {choose} from './choose.ts'
import type {Context} from './context.ts'

export interface DiffResult {
  readonly from: Version
  readonly to: Version
  /** Releases that `to` has and `from` lacks, in the order in which they run. */
  readonly added: readonly DiffedRelease[]
  /** Releases that `from` has and `to` lacks: the two are on different lines. */
  readonly removed: readonly DiffedRelease[]
  /** Versions that both have with other content. */
  readonly changed: readonly Version[]
  readonly same: boolean
}

export interface DiffedRelease {
  readonly version: Version
  readonly migrations: readonly Pick<Migration, 'name' | 'kind'>[]
}

/** The migrations between two versions, tags or digests. @throws as `choose` */
export async function diff(context: Context, from: string, to: string): Promise<DiffResult> {
  const [left, right] = [await choose(context, from), await choose(context, to)].map(
    ({artifact}) => artifact.config,
  )
  if (!left || !right) throw new Error('two choices were made')
  return {
    from: left.version,
    to: right.version,
    added: missingIn(left.releases, right.releases),
    removed: missingIn(right.releases, left.releases),
    changed: left.releases
      .filter(({version, diffId}) => {
        const other = findRelease(right.releases, version)
        return other !== undefined && other.diffId !== diffId
      })
      .map(({version}) => version),
    same: sameReleases(left.releases, right.releases),
  }
}

function missingIn(here: readonly ReleaseEntry[], there: readonly ReleaseEntry[]): DiffedRelease[] {
  return there
    .filter(({version}) => !findRelease(here, version))
    .map(({version, migrations}) => ({
      version,
      migrations: migrations.map(({name, kind}) => ({name, kind})),
    }))
}
