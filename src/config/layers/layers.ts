import type {ConfigLayer} from '../define.ts'
import {deepMerge, valueAt} from '../tree.ts'
import {mergeDatabase} from './merge-database.ts'
import {mergeStorage} from './merge-storage.ts'

/** One source of values. Later layers win. */
export interface Layer {
  /** As `ConfigValue.origin` shows it. */
  readonly origin: string
  /** Where the source writes its values: `environments.production.`, or empty. */
  readonly prefix: string
  readonly values: LongConfigLayer
  /** By a flag or a variable. */
  readonly given?: boolean
}

/** A layer without its short forms. */
export interface LongConfigLayer extends ConfigLayer {
  readonly migrations?: Exclude<ConfigLayer['migrations'], string>
}

export function layer(origin: string, values: ConfigLayer, prefix = ''): Layer {
  const {migrations} = values
  const long = typeof migrations === 'string' ? {path: migrations} : migrations
  return {
    origin,
    prefix,
    values: {...values, ...('migrations' in values && {migrations: long})} as LongConfigLayer,
  }
}

/** The values of all layers, the later ones over the earlier. */
export function mergeLayers(layers: readonly Layer[]): LongConfigLayer {
  return layers.reduce<LongConfigLayer>((merged, {values}) => over(merged, values), {})
}

function over(base: LongConfigLayer, values: LongConfigLayer): LongConfigLayer {
  return {
    ...deepMerge(base, values),
    ...('storage' in values && {storage: mergeStorage(base.storage, values.storage)}),
    ...('database' in values && {database: mergeDatabase(base.database, values.database)}),
  }
}

/** The layer that a value of the merged configuration came from; undefined for a default. */
export function layerOf(layers: readonly Layer[], path: string): Layer | undefined {
  return layers.findLast(({values}) => valueAt(values, path) !== undefined)
}
