import * as v from 'valibot'
import type {Descriptor} from '../../artifact/descriptor.ts'
import {descriptorSchema} from '../descriptors.ts'
import type {Storage, TransferOptions} from '../storage.ts'
import {pluginFailed, pluginMisfit} from './failed.ts'
import {waitFor} from './give-up.ts'
import type {PluginLimits} from './limits.ts'

const methods = ['reference', 'resolve', 'pull', 'push', 'tags', 'tag', 'remove', 'check'] as const

/** A plugin's storage: what it throws names the plugin, and what never answers is given up. */
export function guardStorage(storage: Storage, plugin: string, limits: PluginLimits): Storage {
  expectStorage(storage, plugin)
  const {url, movesLatest} = storage

  async function call<T>(
    method: string,
    {signal, timeout, onProgress}: TransferOptions,
    work: (options: TransferOptions) => Promise<T>,
  ): Promise<T> {
    // a limit of the caller's own is the plugin's to keep, and ours only where it does not
    const silence = timeout === undefined ? limits.silence : timeout + limits.grace
    try {
      return await waitFor({silence, grace: limits.grace, signal}, (heard) =>
        work({
          signal,
          timeout,
          onProgress: (progress) => {
            heard()
            onProgress?.(progress)
          },
        }),
      )
    } catch (error) {
      throw signal?.aborted ? signal.reason : pluginFailed(plugin, `in ${method}`, error)
    }
  }

  return {
    url,
    ...(movesLatest !== undefined && {movesLatest}),
    reference: (name) => {
      try {
        return storage.reference(name)
      } catch (error) {
        throw pluginFailed(plugin, 'in reference', error)
      }
    },
    resolve: async (name, options = {}) => {
      const found: unknown = await call('resolve', options, (all) => storage.resolve(name, all))
      return asDescriptor(found, plugin)
    },
    pull: (manifest, cache, options = {}) =>
      call('pull', options, (all) => storage.pull(manifest, cache, {...options, ...all})),
    push: (manifest, cache, tags, options = {}) =>
      call('push', options, (all) => storage.push(manifest, cache, tags, all)),
    tags: async function* (options = {}) {
      const listing = await call('tags', options, async (all) =>
        storage.tags(all)[Symbol.asyncIterator](),
      )
      for (;;) {
        const next = await call('tags', options, () => listing.next())
        if (next.done === true) return
        yield next.value
      }
    },
    tag: (manifest, request, options = {}) =>
      call('tag', options, (all) => storage.tag(manifest, request, all)),
    remove: (tag, options = {}) => call('remove', options, (all) => storage.remove(tag, all)),
    check: (options = {}) => call('check', options, (all) => storage.check(all)),
  }
}

function expectStorage(storage: unknown, plugin: string): asserts storage is Storage {
  if (typeof storage !== 'object' || storage === null) {
    throw pluginMisfit(plugin, 'open returned no storage')
  }
  const parts = storage as Partial<Record<keyof Storage, unknown>>
  if (typeof parts.url !== 'string') throw pluginMisfit(plugin, 'its storage has no url')
  const lacking = methods.find((method) => typeof parts[method] !== 'function')
  if (lacking !== undefined) throw pluginMisfit(plugin, `its storage has no method ${lacking}`)
}

function asDescriptor(found: unknown, plugin: string): Descriptor | undefined {
  const result = v.safeParse(v.optional(descriptorSchema), found)
  if (result.success) return result.output
  throw pluginMisfit(plugin, 'resolve returned something that is no descriptor')
}
