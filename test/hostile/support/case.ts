import {gunzipSync, gzipSync} from 'node:zlib'
import type {ErrorCode} from '../../../src/errors.ts'
import {artifactOf, goodEntries, type Artifact, type Parts} from './artifact.ts'
import {tarOf} from './tar.ts'

/** Something that must be refused, whole. */
export interface HostileCase {
  readonly title: string
  readonly code: ErrorCode
  /** What is said of it, where another check could refuse it first. */
  readonly why?: RegExp
  /** @param outside a folder that exists and that nothing may be written to. */
  readonly make: (outside: string) => Hostile
}

/** What the attacker offers: a file to import, and where it applies the same as blobs of a storage. */
export type Hostile = Pick<Artifact, 'archive'> & Partial<Artifact>

/** What is wrong with the header of an entry, whatever its name. */
const badHeader = /is not a plain file entry|is not a tar header/

/** What is wrong with an entry whose header is like any other. */
export const badPlace =
  /is not a plain file entry|has no place in it|stands where|padding is not empty|is not what the config says/

type Entries = (outside: string) => Buffer | readonly Buffer[]

/**
 * Entries of a tar that must be refused wherever they stand: before the first file of a layer whose digests all fit, and
 * before the first file of an archive.
 */
export function evilEntries(
  entries: Readonly<Record<string, Entries>>,
  why: RegExp = badHeader,
): HostileCase[] {
  const code = 'INTEGRITY'
  return Object.entries(entries).flatMap(([title, make]) => {
    const list = (outside: string) => [make(outside)].flat()
    return [
      {
        title: `a layer with ${title}`,
        code,
        why,
        make: (outside) => {
          const rest = goodEntries().slice(0, -1)
          return artifactOf({tar: tarOf(...list(outside), ...rest)})
        },
      },
      {
        title: `an archive with ${title}`,
        code,
        why,
        make: (outside) => ({
          archive: gzipSync(Buffer.concat([...list(outside), gunzipSync(artifactOf().archive)])),
        }),
      },
    ]
  })
}

/** Unpacked layers, and archives, of which only the whole is wrong. */
export function evilTars(
  changes: Readonly<Record<string, (tar: Buffer) => Buffer>>,
): HostileCase[] {
  const code = 'INTEGRITY'
  return Object.entries(changes).flatMap(([title, change]) => [
    {
      title: `a layer ${title}`,
      code,
      make: () => artifactOf({tar: change(tarOf(...goodEntries()))}),
    },
    {
      title: `an archive ${title}`,
      code,
      make: () => ({archive: gzipSync(change(gunzipSync(artifactOf().archive)))}),
    },
  ])
}

/** Packed layers, and archives, that are no plain gzip file. */
export function evilGzips(
  changes: Readonly<Record<string, (gzipped: Buffer, unpacked: Buffer) => Buffer>>,
): HostileCase[] {
  const code = 'INTEGRITY'
  return Object.entries(changes).flatMap(([title, change]) => [
    {
      title: `a layer ${title}`,
      code,
      make: () => {
        const tar = tarOf(...goodEntries())
        return artifactOf({tar, layer: change(gzipSync(tar), tar)})
      },
    },
    {
      title: `an archive ${title}`,
      code,
      make: () => {
        const {archive} = artifactOf()
        return {archive: change(archive, gunzipSync(archive))}
      },
    },
  ])
}

/** Artifacts of which one document is wrong, and everything around it vouches for that. */
export function evilArtifacts(
  artifacts: Readonly<Record<string, () => Parts>>,
  code: ErrorCode = 'INTEGRITY',
): HostileCase[] {
  return Object.entries(artifacts).map(([title, parts]) => ({
    title,
    code,
    make: () => artifactOf(parts()),
  }))
}
