import type {StorageConfig} from '../define.ts'
import {deepMerge, type Tree} from '../tree.ts'

/** What is said about a registry, and about no other: credentials and how far it is trusted. */
export const boundToRegistry = ['auth', 'plainHttp', 'insecure', 'caFile']

/** Another type of storage is another storage: nothing of the one below is left. */
export function mergeStorage(
  base: StorageConfig = {},
  values: StorageConfig | undefined,
): StorageConfig | undefined {
  if (values === undefined) return undefined
  if (values.type !== undefined && values.type !== base.type) return deepMerge({}, values)
  const config = base.config ?? {}
  const keeps = !('registry' in (values.config ?? {})) || sameRegistry(config, values.config ?? {})
  return deepMerge(keeps ? base : {...base, config: withoutRegistry(config)}, values)
}

function sameRegistry(a: Tree, b: Tree): boolean {
  return nameOf(a) === nameOf(b)
}

function nameOf({registry}: Tree): unknown {
  return typeof registry === 'string' ? registry.toLowerCase() : registry
}

function withoutRegistry(config: Tree): Tree {
  return Object.fromEntries(
    Object.entries(config).filter(([key]) => !boundToRegistry.includes(key)),
  )
}
