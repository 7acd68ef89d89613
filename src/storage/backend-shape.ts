import {SquizzleError} from '../errors.ts'
import {apiVersion, type StorageBackend} from './backend.ts'

/** A backend, or why it is none that can be used; by its type it can be told in any case. */
export type ParsedBackend =
  | {readonly type: string; readonly backend: StorageBackend}
  | {readonly type: string; readonly misfit: SquizzleError}

/**
 * What somebody offers as a backend, checked before anything of it is used.
 * @throws PLUGIN_FAILED naming them, where it does not even have a type
 */
export function parseBackend(offered: unknown, from: string): ParsedBackend {
  if (typeof offered !== 'object' || offered === null) throw doesNotFit(from, 'it is not an object')
  const backend = offered as Record<keyof StorageBackend, unknown>
  const {type} = backend
  if (typeof type !== 'string' || !/^[a-z][a-z0-9-]*$/.test(type)) {
    throw doesNotFit(from, 'its type is not a name in lower case')
  }
  const reason = misfitOf(backend, type)
  return reason === undefined
    ? {type, backend: offered as StorageBackend}
    : {type, misfit: doesNotFit(from, reason)}
}

function misfitOf(
  backend: Record<keyof StorageBackend, unknown>,
  type: string,
): string | undefined {
  if (backend.apiVersion !== apiVersion) {
    return `${type} is made for version ${String(backend.apiVersion)} of the storage interface, this is ${apiVersion}`
  }
  const wrong = Object.entries({
    open: typeof backend.open === 'function',
    configSchema: isSchema(backend.configSchema),
    fromUrl: backend.fromUrl === undefined || typeof backend.fromUrl === 'function',
    urlForm: backend.urlForm === undefined || typeof backend.urlForm === 'string',
    secrets: backend.secrets === undefined || isTexts(backend.secrets),
  }).find(([, fits]) => !fits)
  return wrong === undefined ? undefined : `${type} has no fitting ${wrong[0]}`
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

function doesNotFit(from: string, reason: string): SquizzleError {
  return new SquizzleError(
    'PLUGIN_FAILED',
    `a storage backend of ${from} does not fit: ${reason}`,
    {
      hint: 'Update the plugin or squizzle, or remove the plugin.',
      details: {from, reason},
    },
  )
}
