import type {StorageBackend} from '../backend.ts'
import {pluginFailed} from './failed.ts'
import {waitFor} from './give-up.ts'
import {guardStorage} from './guard-storage.ts'
import {pluginLimits, type PluginLimits} from './limits.ts'

/** A plugin's backend, of which nothing can surprise who uses it. */
export function guardBackend(
  backend: StorageBackend,
  plugin: string,
  limits: PluginLimits = pluginLimits,
): StorageBackend {
  const {apiVersion, type, secrets, fromUrl, configSchema} = backend
  const atOnce = <T>(doing: string, work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw pluginFailed(plugin, doing, error)
    }
  }
  return {
    apiVersion,
    type,
    ...(secrets !== undefined && {secrets}),
    ...(fromUrl !== undefined && {
      fromUrl: (url: string) => atOnce('to read a URL', () => fromUrl.call(backend, url)),
    }),
    // all else of the schema stays, so that problems are told as those of any other configuration
    configSchema: Object.create(configSchema, {
      '~run': {
        value: (...args: Parameters<(typeof configSchema)['~run']>) =>
          atOnce('to check its configuration', () => configSchema['~run'](...args)),
      },
    }),
    open: async (config, context) => {
      try {
        const patience = {silence: limits.open, grace: limits.grace}
        const storage = await waitFor(patience, () => backend.open(config, context))
        return guardStorage(storage, plugin, limits)
      } catch (error) {
        throw pluginFailed(plugin, 'to open its storage', error)
      }
    },
  }
}
