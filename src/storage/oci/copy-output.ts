import type {Descriptor} from '../../artifact/descriptor.ts'
import {shortDigest} from '../../artifact/digest.ts'
import type {BlobProgress} from '../storage.ts'

/** A line of `oras cp`: what became of one blob. */
interface CopyLine {
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
function parseCopyLine(line: string): CopyLine | undefined {
  const [, word = '', short = '', label = ''] = /^(\w+) +([0-9a-f]{12}) (.*)$/.exec(line) ?? []
  const state = states[word]
  return state === undefined ? undefined : {state, short, label}
}

/** Follows copies by their lines. */
export interface CopyWatch {
  readonly onLine: (line: string) => void
  /** Those of the blobs that were copied. */
  readonly moved: (blobs: readonly Descriptor[]) => readonly Descriptor[]
}

/** @param blobs those of the artifact, its manifest among them. */
export function watchCopy(
  blobs: readonly Descriptor[],
  onProgress: ((progress: BlobProgress) => void) | undefined,
): CopyWatch {
  const byShort = new Map(blobs.map((blob) => [shortDigest(blob.digest), blob]))
  const copied = new Set<string>()
  return {
    onLine(line) {
      const parsed = parseCopyLine(line)
      if (parsed === undefined) return
      const {state, short, label} = parsed
      if (state === 'done') copied.add(short)
      const blob = byShort.get(short)
      if (blob === undefined) return
      const {digest, size} = blob
      onProgress?.({digest, size, state, title: label})
    },
    moved: (some) => some.filter(({digest}) => copied.has(shortDigest(digest))),
  }
}
