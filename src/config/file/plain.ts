import {describeFound, type Problem} from '../problems/problems.ts'
import {isPlainObject, joinPath, type Tree} from '../tree.ts'

export interface PlainTree {
  readonly tree: Tree
  /** What could not be copied. */
  readonly problems: readonly Problem[]
}

/** Deeper than any configuration; an object that contains itself ends here. */
const deepest = 12

/** Through these keys a value could reach what all objects share. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * A copy that is plain data: what a file exported may have getters, prototypes and cycles.
 * `undefined` values stay: in an environment they mean something.
 */
export function plainTree(value: unknown): PlainTree {
  const problems: Problem[] = []
  const tree = isPlainObject(value) ? copyObject(value, '', 0, problems) : {}
  if (!isPlainObject(value)) problems.push(unfit(value, '', 'an object'))
  return {tree, problems}
}

function copyObject(from: Tree, path: string, depth: number, problems: Problem[]): Tree {
  const copied: [string, unknown][] = []
  for (const key of Object.keys(from)) {
    const within = joinPath(path, key)
    if (forbiddenKeys.has(key)) {
      problems.push({path: within, found: 'a key that is not allowed', expected: 'another key'})
    } else {
      copied.push([key, copy(from[key], within, depth + 1, problems)])
    }
  }
  return Object.fromEntries(copied)
}

function copy(value: unknown, path: string, depth: number, problems: Problem[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) {
    problems.push({path, found: 'more levels than that', expected: `at most ${deepest} levels`})
    return undefined
  }
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      copy(item, joinPath(path, String(index)), depth + 1, problems),
    )
  }
  if (isPlainObject(value)) return copyObject(value, path, depth, problems)
  problems.push(unfit(value, path, 'plain data'))
  return undefined
}

function unfit(value: unknown, path: string, expected: string): Problem {
  return {path, found: describeFound(value, {secret: true, redact: String}), expected}
}
