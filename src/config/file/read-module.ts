import {randomUUID} from 'node:crypto'
import {realpath} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {pathToFileURL} from 'node:url'
import {SquizzleError} from '../../errors.ts'
import type {ConfigContext} from '../define.ts'
import {explainModuleError} from './module-error.ts'
import {plainTree} from './plain.ts'
import type {ReadConfig, ReadContext} from './read.ts'

/** Milliseconds that a configuration may take, for one that asks a secret store over the network. */
const timeLimit = 30_000

/**
 * What a JavaScript or TypeScript file exports: an object, a function of the context, or a promise of either.
 * Read anew each time. Node strips TypeScript's types itself.
 * @throws CONFIG_INVALID
 */
export async function readModule(
  path: string,
  context: ReadContext,
  limit: number = timeLimit,
): Promise<ReadConfig> {
  // Node knows a module by its real path: in the CommonJS cache, and in a stack.
  const file = await realpath(path)
  try {
    return await within(limit, evaluate(file, context), context.label)
  } catch (error) {
    if (error instanceof SquizzleError) throw error
    throw await explainModuleError(error, file, context)
  }
}

async function evaluate(file: string, {environment}: ConfigContext): Promise<ReadConfig> {
  const exported: unknown = await exportOf(file)
  if (typeof exported !== 'function') return {...plainTree(exported), isFunction: false}
  const value: unknown = await (exported as (context: ConfigContext) => unknown)({environment})
  return {...plainTree(value), isFunction: true}
}

async function exportOf(file: string): Promise<unknown> {
  // A query makes an ES module new; CommonJS modules are remembered by their path.
  delete createRequire(file).cache[file]
  const url = `${pathToFileURL(file).href}?read=${randomUUID()}`
  const module = (await import(url)) as {readonly default?: unknown}
  if (!('default' in module)) throw new NoDefaultExport('it has no default export')
  const exported: unknown = await module.default
  return isTranspiled(exported) ? exported.default : exported
}

/** Its message is all there is to say. */
class NoDefaultExport extends Error {
  override readonly name = 'NoDefaultExport'
}

/** `export default` as compilers write it in CommonJS. */
function isTranspiled(exported: unknown): exported is {readonly default: unknown} {
  return (
    typeof exported === 'object' &&
    exported !== null &&
    '__esModule' in exported &&
    'default' in exported
  )
}

/** Without a running timer, a promise that never settles would end the process in silence, with exit code 0. */
async function within<T>(limit: number, work: Promise<T>, label: string): Promise<T> {
  const {promise: late, reject} = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const message = `${label} did not return a configuration within ${limit / 1000} s`
    const hint = 'Look for a promise in it that never settles.'
    reject(new SquizzleError('CONFIG_INVALID', message, {hint}))
  }, limit)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
