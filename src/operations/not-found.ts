import {distance} from 'fastest-levenshtein'
import {SquizzleError} from '../errors.ts'

/** A version or tag that a storage does not have, with the nearest names that it has. */
export function notFound(name: string, storage: string, all: Iterable<string>): SquizzleError {
  const nearest = [...new Set(all)]
    .toSorted((a, b) => distance(name, a) - distance(name, b))
    .slice(0, 3)
  const kind = /^\d+\.\d+\.\d+/.test(name) ? 'version ' : ''
  return new SquizzleError('VERSION_NOT_FOUND', `${kind}${name} not found in ${storage}`, {
    hint:
      nearest.length > 0
        ? `Nearest: ${nearest.join(', ')}. See all with \`squizzle list\`.`
        : 'Nothing has been pushed there yet.',
    details: {name, storage, nearest},
  })
}
