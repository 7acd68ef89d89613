import {sameVersion, type Version} from '../../artifact/version.ts'
import type {Digest} from '../../artifact/digest.ts'
import {SquizzleError} from '../../errors.ts'
import type {BlobName, Cache, LocalBuild} from '../cache.ts'
import {changeState, readState, type WorkspaceState} from './state.ts'

type StoredBuild = WorkspaceState['builds'][number]

export async function localBuilds(workspace: string): Promise<readonly LocalBuild[]> {
  return (await readState(workspace)).builds
}

/** Builds that the storage of this url has not got; without a url, those that were pushed nowhere. */
export function unpushed(builds: readonly LocalBuild[], url?: string): LocalBuild[] {
  return builds.filter(({pushedTo}) =>
    url === undefined ? pushedTo.length === 0 : !pushedTo.includes(url),
  )
}

/**
 * Remembers a build or import in place of earlier ones of its version. The same content built again keeps what
 * is known of where it was pushed.
 * @param own blobs besides the manifest that are nowhere else: a clearing of the cache at the same time
 *   either spares them or is noticed here.
 * @returns the builds that it replaces, other content all of them.
 * @throws INTEGRITY where the cache was cleared meanwhile
 */
export async function recordBuild(
  workspace: string,
  cache: Cache,
  build: LocalBuild,
  own: readonly BlobName[] = [],
): Promise<readonly LocalBuild[]> {
  let replaced: readonly StoredBuild[] = []
  await changeState(workspace, async (state) => {
    for (const blob of [build.manifest, ...own]) {
      if (!(await cache.has(blob))) throw cleared(build)
    }
    const [earlier, others] = partition(state.builds, (one) =>
      sameVersion(one.version, build.version),
    )
    const [same, other] = partition(earlier, (one) => sameContent(one, build.manifest.digest))
    // what is imported may have been lost where it once was pushed to
    const known = build.origin === 'import' ? [] : same.flatMap((one) => one.pushedTo)
    const pushedTo = new Set([...known, ...build.pushedTo])
    replaced = other
    return {...state, builds: [...others, {...same[0], ...build, pushedTo: [...pushedTo]}]}
  })
  return replaced
}

/** Forgets the builds of these versions; their blobs stay in the cache. @returns those forgotten. */
export async function dropBuilds(
  workspace: string,
  versions: readonly Version[],
): Promise<readonly LocalBuild[]> {
  let dropped: readonly StoredBuild[] = []
  await changeState(workspace, (state) => {
    const [gone, kept] = partition(state.builds, (one) =>
      versions.some((version) => sameVersion(version, one.version)),
    )
    dropped = gone
    return gone.length === 0 ? state : {...state, builds: kept}
  })
  return dropped
}

/** Remembers that a storage has this content now; nothing to do where it was not built here. */
export async function markPushed(workspace: string, manifest: Digest, url: string): Promise<void> {
  const isNews = (one: StoredBuild) => sameContent(one, manifest) && !one.pushedTo.includes(url)
  if (!(await readState(workspace)).builds.some(isNews)) return
  await changeState(workspace, (state) => ({
    ...state,
    builds: state.builds.map((one) =>
      isNews(one) ? {...one, pushedTo: [...one.pushedTo, url]} : one,
    ),
  }))
}

function sameContent(build: LocalBuild, manifest: Digest): boolean {
  return build.manifest.digest === manifest
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const {yes = [], no = []} = Object.groupBy(items, (item) => (test(item) ? 'yes' : 'no'))
  return [yes, no]
}

function cleared({version}: LocalBuild): SquizzleError {
  return new SquizzleError(
    'INTEGRITY',
    `the cache was cleared while ${version} was written to it`,
    {
      hint: 'Run it again.',
      details: {version},
    },
  )
}
