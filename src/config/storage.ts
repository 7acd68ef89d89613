import type {StorageConfig} from './define.ts'
import {given, type LoadInput} from './inputs.ts'
import {layer, type Layer} from './layers/layers.ts'
import {nearest} from './problems/nearest.ts'
import {describeFound, invalidInput, type Problem} from './problems/problems.ts'
import {registryProblems, storageOfRegistry, withoutEmptyAuth} from './registry.ts'
import type {ConfigBackend, StorageSettings} from './settings.ts'
import {storageOfUrl} from './storage-url.ts'
import {check, type ValidateOptions} from './validate.ts'

/** Where no layer says a word of the storage. */
const defaultStorage = {type: 'local', config: {path: './db/artifacts'}}

/**
 * What `--storage`, `--registry` or SQUIZZLE_REGISTRY say of the storage.
 * @throws USAGE, CONFIG_INVALID
 */
export function storageLayer(
  input: LoadInput,
  configured: StorageConfig | undefined,
): Layer | undefined {
  const url = given(input, 'storage')
  if (url && input.flags?.registry !== undefined) {
    const hint = 'Both name the storage: use one of them.'
    throw invalidInput(url.origin, '--registry and --storage exclude each other', hint)
  }
  if (url) {
    const {backends, lacking, cwd} = input
    const storage = storageOfUrl(url.text, url.origin, {backends, lacking, cwd, configured})
    return {...layer(url.origin, {storage}), given: true}
  }
  const registry = given(input, 'registry', 'SQUIZZLE_REGISTRY')
  if (registry === undefined) return undefined
  const storage = storageOfRegistry(registry.text, registry.origin, configured)
  return {...layer(registry.origin, {storage}), given: true}
}

/**
 * The merged storage, as its backend types it, or everything that is wrong with it.
 * @throws `lacking` where no backend is of its type
 */
export function storageSettings(
  merged: StorageConfig | undefined,
  {backends, lacking}: Pick<LoadInput, 'backends' | 'lacking'>,
  options: ValidateOptions,
  layers: readonly Layer[],
): {readonly settings?: StorageSettings; readonly problems: readonly Problem[]} {
  const said = layers.some(({values}) => 'storage' in values)
  const {type, config = {}} = withoutEmptyAuth(said ? (merged ?? {}) : defaultStorage)
  const backend = backends.find((candidate) => candidate.type === type)
  if (backend === undefined) {
    if (lacking !== undefined && type !== undefined) throw lacking
    return {problems: [unknownType(type, backends, options)]}
  }
  const checked = check(backend.configSchema, config, 'storage.config', options)
  const places = registryProblems({type: backend.type, config})
  if (checked.ok && places.length === 0) {
    return {settings: {type: backend.type, config: checked.output}, problems: []}
  }
  const told = new Set(places.map(({path}) => path))
  const more = checked.ok ? [] : checked.problems.filter(({path}) => !told.has(path))
  return {problems: [...places, ...more]}
}

function unknownType(
  type: string | undefined,
  backends: readonly ConfigBackend[],
  {redact = String}: ValidateOptions,
): Problem {
  const known = backends.map((backend) => backend.type)
  const meant = type === undefined ? undefined : nearest(type, known)
  return {
    path: 'storage.type',
    found: describeFound(type, {secret: false, redact}),
    expected: `one of ${known.join(', ')}`,
    ...(meant !== undefined && {nearest: meant}),
  }
}
