import type {Digest} from '../../artifact/digest.ts'

/** Milliseconds for which what was seen may spare a question. Before anything is set it is asked again. */
const freshFor = 5 * 60_000

/** What tags named when this process last asked. */
export interface TagMemory {
  note(tag: string, digest: Digest | undefined): void
  forget(...tags: readonly string[]): void
  /** What the tag named, `nothing`, or undefined where that is not known. */
  recall(tag: string): Digest | 'nothing' | undefined
}

export function createTagMemory(now: () => number = () => performance.now()): TagMemory {
  const seen = new Map<string, {readonly digest: Digest | undefined; readonly at: number}>()
  return {
    note: (tag, digest) => void seen.set(tag, {digest, at: now()}),
    forget(...tags) {
      for (const tag of tags) seen.delete(tag)
    },
    recall(tag) {
      const found = seen.get(tag)
      if (found === undefined || now() - found.at >= freshFor) return undefined
      return found.digest ?? 'nothing'
    },
  }
}
