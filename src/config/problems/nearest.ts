import {closest, distance} from 'fastest-levenshtein'

/** The known name that was probably meant, or undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > 100) return undefined
  const lowered = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]))
  const written = name.toLowerCase()
  const found = closest(written, [...lowered.keys()])
  // One slip in three letters is a typing error; more is another word.
  const near = distance(written, found) <= Math.max(1, Math.floor(found.length / 3))
  return near || sameLetters(written, found) || sharePrefix(written, found)
    ? lowered.get(found)
    : undefined
}

/** `nmae` for `name`. */
function sameLetters(a: string, b: string): boolean {
  return a.split('').toSorted().join('') === b.split('').toSorted().join('')
}

/** `prod` for `production`, `repo` for `repository`. */
function sharePrefix(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))
}
