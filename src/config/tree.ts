/** An object of plain data. */
export interface Tree {
  readonly [key: string]: unknown
}

export function isPlainObject(value: unknown): value is Tree {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** What stands at a dotted path. */
export function valueAt(tree: object, path: string): unknown {
  let value: unknown = tree
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Tree)[key]
  }
  return value
}

/** Every value with its dotted path. */
export function leavesOf(value: unknown, path = ''): (readonly [path: string, value: unknown])[] {
  if (!isPlainObject(value) && !Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, joinPath(path, key)))
}

/** Objects are merged, all else is replaced; `undefined` takes away what is below. */
export function deepMerge<T extends object>(base: T, values: T): T {
  const below = base as Tree
  const merged = Object.entries(values).map(([key, value]: [string, unknown]) => {
    const under = below[key]
    return [key, isPlainObject(value) ? deepMerge(isPlainObject(under) ? under : {}, value) : value]
  })
  const entries = Object.entries({...base, ...Object.fromEntries(merged)})
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T
}
