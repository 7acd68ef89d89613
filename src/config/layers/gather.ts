import {defaultDatabaseUrl} from '../database.ts'
import type {StorageConfig} from '../define.ts'
import type {ConfigSource} from '../file/source.ts'
import {type Given, givenBy, isCI, type LoadInput} from '../inputs.ts'
import {storageLayer} from '../storage.ts'
import {environmentLayer} from './environment.ts'
import {type Layer, layer, mergeLayers} from './layers.ts'

/** Every source of values. */
export interface Sources {
  /** All of them, the weakest first. */
  readonly layers: readonly Layer[]
  readonly environment: Layer | undefined
  /** Those of variables. */
  readonly variables: readonly Layer[]
  /** The storage before a flag or a variable named another one. */
  readonly configuredStorage: StorageConfig | undefined
  /** The embedded database is used because nothing was said. */
  readonly embedded: boolean
}

/** @throws USAGE, CONFIG_INVALID for an unknown environment, a wrong flag or variable */
export function gatherSources(
  input: LoadInput,
  {config, file, isFunction}: ConfigSource,
  selected: Given | undefined,
): Sources {
  const {environments: _environments, ...base} = config
  const url = givenBy(input.env, 'DATABASE_URL')
  const embedded = file === undefined && url === undefined && !isCI(input.env)
  const environment = selected && environmentLayer(config, selected, file?.label, isFunction)
  const written = [
    embedded ? layer('default', {database: {url: defaultDatabaseUrl}}) : undefined,
    file && layer(file.label, base),
    environment,
  ].filter((it) => it !== undefined)
  const configuredStorage = mergeLayers(written).storage
  const given = [
    url && {...layer(url.origin, {database: {url: url.text}}), given: true},
    storageLayer(input, configuredStorage),
  ].filter((it) => it !== undefined)
  return {
    layers: [...written, ...given],
    environment,
    variables: given.filter(({origin}) => !origin.startsWith('--')),
    configuredStorage,
    embedded,
  }
}
