import type {DatabaseConfig} from '../define.ts'
import {deepMerge} from '../tree.ts'

/** A direct URL leads to the same database as the URL that it is written beside, and to no other. */
export function mergeDatabase(
  base: DatabaseConfig = {},
  values: DatabaseConfig | undefined,
): DatabaseConfig | undefined {
  if (values === undefined) return undefined
  const elsewhere = 'url' in values && values.url?.trim() !== base.url?.trim()
  const {directUrl: _directUrl, ...rest} = base
  return deepMerge(elsewhere ? rest : base, values)
}
