import {SquizzleError} from '../errors.ts'
import {apiVersion, type StorageBackend} from './backend.ts'

/** What somebody offers as a backend, checked before anything of it is used. @throws PLUGIN_FAILED naming them */
export function parseBackend(offered: unknown, from: string): StorageBackend {
  if (typeof offered !== 'object' || offered === null) throw misfit(from, 'it is not an object')
  const backend = offered as Record<keyof StorageBackend, unknown>
  if (typeof backend.type !== 'string' || !/^[a-z][a-z0-9-]*$/.test(backend.type)) {
    throw misfit(from, 'its type is not a name in lower case')
  }
  if (backend.apiVersion !== apiVersion) {
    throw misfit(
      from,
      `${backend.type} is made for version ${String(backend.apiVersion)} of the storage interface, this is ${apiVersion}`,
    )
  }
  const wrong = Object.entries({
    open: typeof backend.open === 'function',
    configSchema: isSchema(backend.configSchema),
    fromUrl: backend.fromUrl === undefined || typeof backend.fromUrl === 'function',
    secrets: backend.secrets === undefined || isTexts(backend.secrets),
  }).find(([, fits]) => !fits)
  if (wrong !== undefined) throw misfit(from, `${backend.type} has no fitting ${wrong[0]}`)
  return offered as StorageBackend
}

/** A plugin brings its own copy of valibot, so that only the shape can be asked for. */
function isSchema(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const schema = value as {kind?: unknown; async?: unknown; '~run'?: unknown}
  return schema.kind === 'schema' && schema.async === false && typeof schema['~run'] === 'function'
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function misfit(from: string, reason: string): SquizzleError {
  return new SquizzleError(
    'PLUGIN_FAILED',
    `a storage backend of ${from} does not fit: ${reason}`,
    {
      hint: 'Update the plugin or squizzle, or remove the plugin.',
      details: {from, reason},
    },
  )
}
