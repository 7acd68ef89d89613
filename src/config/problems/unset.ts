import {leavesOf} from '../tree.ts'
import {describeFound, type Problem} from './problems.ts'

/** What an unset variable leaves in a template: `migrations-undefined`. */
const unsetWord = /(?<![A-Za-z0-9])undefined(?![A-Za-z0-9])/

/** Texts of the merged configuration that were built from a variable which is not set. */
export function unsetProblems(
  merged: object,
  {isSecret, redact}: {isSecret: (path: string) => boolean; redact: (text: string) => string},
): Problem[] {
  return leavesOf(merged).flatMap(([path, value]) => {
    if (typeof value !== 'string') return []
    const secret = isSecret(path)
    if (!(secret ? value === 'undefined' : unsetWord.test(value))) return []
    const found = describeFound(value, {secret, redact})
    return [{path, found, expected: 'a text without "undefined": a variable in it is not set'}]
  })
}
