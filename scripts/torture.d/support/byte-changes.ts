import type {Random} from './random.ts'

/** A change of a file's bytes. */
export interface ByteChange {
  readonly title: string
  readonly change: (bytes: Buffer) => Buffer
}

/**
 * Changes of every region of a file, one bit each, and of the file as a whole.
 * @param region bytes
 */
export function byteChanges(size: number, region: number, random: Random): readonly ByteChange[] {
  const flips = Array.from({length: Math.ceil(size / region)}, (_, index): ByteChange => {
    const from = index * region
    const at = from + random.below(Math.min(region, size - from))
    const bit = random.below(8)
    return {
      title: `bit ${bit} of byte ${at}`,
      change: (bytes) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        return changed
      },
    }
  })
  return [...flips, ...wholes]
}

const wholes: readonly ByteChange[] = [
  {title: 'emptied', change: () => Buffer.alloc(0)},
  {title: 'cut in half', change: (bytes) => bytes.subarray(0, bytes.length >> 1)},
  {title: 'without its last byte', change: (bytes) => bytes.subarray(0, -1)},
  {title: 'with a byte more', change: (bytes) => Buffer.concat([bytes, Buffer.from('\n')])},
  {title: 'all zeros', change: (bytes) => Buffer.alloc(bytes.length)},
]
