import type {Config} from '@oclif/core/interfaces'
import type {SquizzleError} from '../../errors.ts'
import {builtInBackends, registerBackends, type RegisteredBackend} from '../../storage/backends.ts'
import {askPlugin, storageHook} from './ask.ts'

/** Every kind of storage that there is, and what is wrong with plugins that were to bring more. */
export interface Backends {
  readonly all: readonly RegisteredBackend[]
  /** Of plugins whose storages are not known therefore. */
  readonly failures: readonly SquizzleError[]
}

/** The built-in storages and those of all plugins. A plugin that fails is reported, and left out. */
export async function findBackends(config: Config): Promise<Backends> {
  // oclif lists them in an order that differs from run to run
  const plugins = [...config.plugins.values()]
    .filter(({hooks}) => storageHook in hooks)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (plugins.length === 0) return {all: builtInBackends(), failures: []}
  const [{offerHostModule}, {guardBackend}] = await Promise.all([
    import('./host-module.ts'),
    import('../../storage/plugin/guard.ts'),
  ])
  offerHostModule()
  const answers = await Promise.allSettled(plugins.map((plugin) => askPlugin(config, plugin)))
  let all = builtInBackends()
  const failures: SquizzleError[] = []
  for (const [index, answer] of answers.entries()) {
    const {name} = plugins[index]!
    try {
      if (answer.status === 'rejected') throw answer.reason
      all = registerBackends(all, answer.value, name, (backend) => guardBackend(backend, name))
    } catch (error) {
      failures.push(error as SquizzleError)
    }
  }
  return {all, failures}
}
