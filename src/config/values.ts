import {type Layer, layerOf} from './layers/layers.ts'
import type {ConfigValue, Settings} from './settings.ts'
import {isPlainObject, joinPath} from './tree.ts'

export interface ValueContext {
  readonly layers: readonly Layer[]
  readonly isSecret: (path: string) => boolean
  readonly redact: (text: string) => string
  /** Of what no layer holds: the file, the environment, the cache. */
  readonly origins: Readonly<Record<string, string | undefined>>
}

/** Every effective value, fit to be shown, with the source it came from. */
export function configValues(settings: Settings, context: ValueContext): ConfigValue[] {
  const {root: _root, ...shown} = settings
  return flatten(shown, '').map(([path, value]) => {
    const origin = context.origins[path] ?? layerOf(context.layers, path)?.origin ?? 'default'
    const safe = context.isSecret(path) ? '***' : redacted(value, context.redact)
    return {path, value: safe, origin, secret: JSON.stringify(safe) !== JSON.stringify(value)}
  })
}

/** A list is one value; what is no data (a backend's schema may make anything) has no place here. */
function flatten(value: unknown, path: string): (readonly [path: string, value: unknown])[] {
  if (isPlainObject(value)) {
    return Object.entries(value).flatMap(([key, item]) => flatten(item, joinPath(path, key)))
  }
  const isData = value !== undefined && typeof value !== 'function' && typeof value !== 'symbol'
  return isData && (typeof value !== 'object' || value === null || Array.isArray(value))
    ? [[path, value]]
    : []
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  return Array.isArray(value) ? value.map((item: unknown) => redacted(item, redact)) : value
}
