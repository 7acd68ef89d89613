import type {Config, Plugin} from '@oclif/core/interfaces'
import {apiVersion, type StorageHookOptions} from '../../storage/backend.ts'
import {pluginFailed, pluginMisfit} from '../../storage/plugin/failed.ts'
import {waitFor} from '../../storage/plugin/give-up.ts'
import {pluginLimits} from '../../storage/plugin/limits.ts'

export const storageHook = 'squizzle:storage'

/** What a plugin returns from its hook. @throws PLUGIN_FAILED naming it */
export async function askPlugin(config: Config, plugin: Plugin): Promise<readonly unknown[]> {
  // oclif asks all plugins at once and waits for the slowest: so each is asked as if it were the only one
  const alone: Config = Object.create(config, {plugins: {value: new Map([[plugin.name, plugin]])}})
  const options: StorageHookOptions = {apiVersion}
  const {hook, grace} = pluginLimits
  try {
    const {successes, failures} = await waitFor({silence: hook, grace}, () =>
      alone.runHook(storageHook, {...options}, undefined, true),
    )
    const [failure] = failures
    if (failure !== undefined) throw failure.error
    if (successes.length === 0) {
      throw pluginMisfit(plugin.name, `its hook ${storageHook} exports no function`)
    }
    return successes.flatMap(({result}: {readonly result: unknown}) => {
      if (Array.isArray(result)) return result as unknown[]
      throw pluginMisfit(plugin.name, `its hook ${storageHook} returned no list of storages`)
    })
  } catch (error) {
    throw pluginFailed(plugin.name, `in its hook ${storageHook}`, error)
  }
}
