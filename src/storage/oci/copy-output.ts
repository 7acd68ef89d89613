import type {Descriptor} from '../../artifact/descriptor.ts'
import {shortDigest} from '../../artifact/digest.ts'
import type {BlobName} from '../cache.ts'
import type {BlobProgress} from '../storage.ts'

/** A line of `oras cp`: what became of one blob. */
export interface CopyLine {
  readonly state: BlobProgress['state']
  /** The first 12 hex digits. */
  readonly short: string
  /** The blob's title, else its media type. */
  readonly label: string
}

const states: Readonly<Record<string, BlobProgress['state']>> = {
  Copying: 'moving',
  Copied: 'done',
  Mounted: 'done',
  Exists: 'present',
  Skipped: 'present',
}

/** Undefined for the lines that sum up. */
export function parseCopyLine(line: string): CopyLine | undefined {
  const [, word = '', short = '', label = ''] = /^(\w+) +([0-9a-f]{12}) (.*)$/.exec(line) ?? []
  const state = states[word]
  return state === undefined ? undefined : {state, short, label}
}

/** Follows copies by their lines. */
export interface CopyWatch {
  readonly onLine: (line: string) => void
  /** Those of the blobs that were copied. */
  readonly moved: (blobs: readonly Descriptor[]) => readonly Descriptor[]
  /** When everything was reported. */
  readonly settled: () => Promise<void>
}

/**
 * @param known the blobs of the artifact, as far as they are known before.
 * @param find a blob that is in place, by the beginning of its digest.
 */
export function watchCopy(
  known: Iterable<Descriptor>,
  find: (short: string) => Promise<BlobName | undefined>,
  onProgress: ((progress: BlobProgress) => void) | undefined,
): CopyWatch {
  const byShort = new Map<string, BlobName>(
    [...known].map((blob) => [shortDigest(blob.digest), blob]),
  )
  const copied = new Set<string>()
  let reported = Promise.resolve()

  const report = ({digest, size}: BlobName, state: BlobProgress['state'], title: string) =>
    onProgress?.({digest, size, state, title})

  return {
    onLine(line) {
      const parsed = parseCopyLine(line)
      if (parsed === undefined) return
      const {short, state, label} = parsed
      if (state === 'done') copied.add(short)
      const blob = byShort.get(short)
      if (blob !== undefined) report(blob, state, label)
      else if (state !== 'moving' && onProgress !== undefined) {
        // the manifest that would name it is still on its way: only what is in place can be named
        reported = reported.then(async () => {
          const found = await find(short)
          if (found !== undefined) report(found, state, label)
        })
      }
    },
    moved: (blobs) => blobs.filter(({digest}) => copied.has(shortDigest(digest))),
    settled: () => reported,
  }
}
