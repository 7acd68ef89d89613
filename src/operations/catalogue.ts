import {findRelease} from '../artifact/history.ts'
import {
  compareVersions,
  isStable,
  newestFirst,
  sameVersion,
  versionOfTag,
  type Version,
} from '../artifact/version.ts'
import type {Artifact} from './open-artifact.ts'

/** Artifacts by tag, wherever they are: a storage, what the cache remembers of one, the builds made here. */
export interface Shelf {
  /** As people name it in a sentence: `ghcr.io/myorg/migrations`, `the unpushed builds`. */
  readonly name: string
  tags(): Promise<readonly string[]>
  open(tag: string): Promise<Artifact | undefined>
}

/** Where a version was found. */
export interface Found {
  /** The artifact that has it. */
  readonly artifact: Artifact
  /** Whether that is the version's own artifact, not only a newer one that contains it. */
  readonly own: boolean
  readonly shelf: string
}

/** What a shelf has. A version is there when a tag names it or any artifact contains its release. */
export interface Catalogue {
  readonly name: string
  /** All versions that tags name, newest first. */
  tagged(): Promise<readonly Version[]>
  find(version: Version): Promise<Found | undefined>
  /** Stable artifacts that together contain every release of theirs: mostly the newest one alone. */
  stableHeads(): Promise<readonly Artifact[]>
  /**
   * The stable heads, and those pre-releases above a version that no other head contains: a stable release may be left
   * in a pre-release alone.
   */
  headsAbove(version: Version | undefined): Promise<readonly Artifact[]>
}

export function catalogueOf(shelf: Shelf): Catalogue {
  const listed = once(async () => {
    const pairs = (await shelf.tags()).flatMap((tag) => {
      const version = versionOfTag(tag)
      return version === undefined ? [] : [[version, tag] as const]
    })
    return new Map(pairs)
  })
  const opened = new Map<string, Promise<Artifact | undefined>>()
  const open = (tag: string): Promise<Artifact | undefined> => {
    const known = opened.get(tag) ?? shelf.open(tag)
    opened.set(tag, known)
    return known
  }

  /** Artifacts that together contain the wanted versions: newest first, one that an earlier one contains is not opened. */
  const heads = async (wanted: (version: Version) => boolean): Promise<Artifact[]> => {
    const byVersion = await listed()
    const found: Artifact[] = []
    for (const version of newestFirst([...byVersion.keys()].filter(wanted))) {
      if (found.some(({config}) => findRelease(config.releases, version))) continue
      const artifact = await open(byVersion.get(version) ?? version)
      if (artifact) found.push(artifact)
    }
    return found
  }
  const stableHeads = once(() => heads(isStable))
  const headsAbove = (version: Version | undefined): Promise<Artifact[]> =>
    heads(
      (other) => isStable(other) || version === undefined || compareVersions(other, version) > 0,
    )

  return {
    name: shelf.name,
    tagged: async () => newestFirst((await listed()).keys()),
    stableHeads,
    headsAbove,
    find: async (version) => {
      for (const [name, tag] of await listed()) {
        const artifact = sameVersion(name, version) ? await open(tag) : undefined
        if (artifact) return {artifact, own: true, shelf: shelf.name}
      }
      const holds = ({config}: Artifact) => findRelease(config.releases, version) !== undefined
      const artifact = (await stableHeads()).find(holds) ?? (await headsAbove(version)).find(holds)
      return artifact && {artifact, own: false, shelf: shelf.name}
    },
  }
}

/** Every stable version that a catalogue has, by tag or inside another, a pre-release included. */
export async function stableVersions(catalogue: Catalogue): Promise<Version[]> {
  const [newest] = (await catalogue.stableHeads()).map(({config}) => config.version)
  const heads = await catalogue.headsAbove(newest)
  const contained = heads.flatMap(({config}) => config.releases.map(({version}) => version))
  return newestFirst(new Set(contained.filter(isStable)))
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= work())
}
