import {join, resolve} from 'node:path'
import {databaseSettings, missingDatabaseHint} from './database.ts'
import {type ConfigSource, readSource} from './file/source.ts'
import {given, givenBy, type LoadInput} from './inputs.ts'
import {gatherSources} from './layers/gather.ts'
import {type Layer, layerOf, type LongConfigLayer, mergeLayers} from './layers/layers.ts'
import {invalidConfig, type Problem} from './problems/problems.ts'
import {unsetProblems} from './problems/unset.ts'
import {createRedactor} from './redact.ts'
import {configSecrets, environmentSecrets} from './secrets/collect.ts'
import {secretPaths} from './secrets/paths.ts'
import type {LoadedConfig, Settings} from './settings.ts'
import {storageSettings} from './storage.ts'
import {configValues} from './values.ts'
import {warningsOf} from './warnings.ts'

/**
 * The effective configuration: flag over variable over `environments.<env>` over file over default.
 * @throws CONFIG_INVALID with everything that is wrong with the file; USAGE for a wrong flag
 */
export async function loadConfig(input: LoadInput): Promise<LoadedConfig> {
  const {env, backends} = input
  const isSecret = secretPaths(backends)
  const selected = given(input, 'env', 'SQUIZZLE_ENV')
  const environment = selected ?? givenBy(env, 'NODE_ENV')
  const source = await readSource(input, environment?.text, isSecret)
  const sources = gatherSources(input, source, selected)
  const {layers} = sources
  const merged = mergeLayers(layers)
  const label = source.file?.label

  const ofFile = source.file?.secrets ?? []
  const ofAll = [...environmentSecrets(env), ...ofFile, ...configSecrets(merged, isSecret)]
  const secrets = [...new Set(ofAll)]
  const redact = createRedactor(secrets)

  const storage = storageSettings(merged.storage, input, {isSecret, redact}, layers)
  const {database, problems} = databaseSettings(merged.database, source.root)
  const unset = unsetProblems(merged, {isSecret, redact})
  const all = [...storage.problems, ...problems, ...unset]
  if (storage.settings === undefined || all.length > 0) {
    throw invalidConfig(placed(all, layers), label ?? 'the configuration')
  }

  const cacheDir = givenBy(env, 'SQUIZZLE_CACHE_DIR')
  const settings: Settings = {
    ...plainSettings(source, merged),
    ...(selected && {environment: selected.text}),
    storage: storage.settings,
    ...(database && {database}),
    workspaceDir: cacheDir ? resolve(input.cwd, cacheDir.text) : join(source.root, '.squizzle'),
  }
  const origins = {
    file: source.file?.origin,
    environment: selected?.origin,
    workspaceDir: cacheDir?.origin,
  }
  const warnings = await warningsOf(input, source, sources, merged.storage)
  return {
    settings,
    values: configValues(settings, {layers, isSecret, redact, origins}),
    warnings: warnings.map(redact),
    secrets,
    ...(!database && {databaseHint: missingDatabaseHint(layers, label)}),
  }
}

function plainSettings({root, file}: ConfigSource, merged: LongConfigLayer) {
  const {path = './db/migrations', format} = merged.migrations ?? {}
  return {
    root,
    ...(file && {file: file.path}),
    ...(merged.project !== undefined && {project: merged.project}),
    migrations: {path: resolve(root, path), ...(format !== undefined && {format})},
    ...(merged.target !== undefined && {target: merged.target}),
  }
}

/** The paths as their sources write them; of several problems of one value, the first. */
function placed(problems: readonly Problem[], layers: readonly Layer[]): Problem[] {
  const first = problems.filter(
    ({path}, index) => problems.findIndex((other) => other.path === path) === index,
  )
  return first.map((problem) => {
    const from = layerOf(layers, problem.path)
    if (from?.given) return {...problem, path: `${problem.path} (from ${from.origin})`}
    return {...problem, path: (from?.prefix ?? '') + problem.path}
  })
}
