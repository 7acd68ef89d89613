import {distance} from 'fastest-levenshtein'

/** The candidate that someone most likely meant, if any is near enough to suggest. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({candidate, changes: distance(word, candidate)}))
    .toSorted((a, b) => a.changes - b.changes)
  const best = ranked[0]
  return best !== undefined && best.changes <= mostChanges(word) ? best.candidate : undefined
}

/** A short word may differ in two letters (two swapped ones), a longer one in more. */
function mostChanges(word: string): number {
  return 2 + Math.floor(word.length / 8)
}
