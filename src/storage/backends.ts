import {distance} from 'fastest-levenshtein'
import {SquizzleError} from '../errors.ts'
import type {StorageBackend} from './backend.ts'
import {parseBackend} from './backend-shape.ts'
import {localBackend} from './local/backend.ts'
import {ociBackend} from './oci/backend.ts'
import {s3Backend} from './s3/backend.ts'

/** A kind of storage and who brought it: `squizzle`, or a plugin's name. */
export interface RegisteredBackend {
  readonly backend: StorageBackend
  readonly from: string
}

/** Those that come with squizzle, in the order in which they are shown. */
const builtIn: readonly unknown[] = [ociBackend, s3Backend, localBackend]

export function builtInBackends(): readonly RegisteredBackend[] {
  return registerBackends([], builtIn, 'squizzle')
}

/**
 * Adds backends to those known, each checked: built-in ones and plugins' come through here alike.
 * @param from who offers them; it is named when they don't fit.
 * @throws PLUGIN_FAILED
 */
export function registerBackends(
  known: readonly RegisteredBackend[],
  offered: readonly unknown[],
  from: string,
): readonly RegisteredBackend[] {
  return offered.reduce<readonly RegisteredBackend[]>((all, one) => {
    const backend = parseBackend(one, from)
    const twin = all.find((other) => other.backend.type === backend.type)
    if (twin !== undefined) throw twins(backend.type, twin.from, from)
    return [...all, {backend, from}]
  }, known)
}

/** @throws CONFIG_INVALID naming the nearest type */
export function findBackend(backends: readonly RegisteredBackend[], type: string): StorageBackend {
  const found = backends.find(({backend}) => backend.type === type)
  if (found !== undefined) return found.backend
  const types = backends.map(({backend}) => backend.type)
  const near = types.find((one) => distance(type, one) <= 2)
  const suggestion = near === undefined ? '' : `Did you mean ${near}? `
  throw new SquizzleError('CONFIG_INVALID', `no storage is of type ${JSON.stringify(type)}`, {
    hint: `${suggestion}There are ${types.join(', ')}; plugins add more.`,
    details: {type, types},
  })
}

/** The backend for a `--storage` URL, and the `storage.config` that the URL stands for. @throws CONFIG_INVALID */
export function backendForUrl(
  backends: readonly RegisteredBackend[],
  url: string,
): {readonly backend: StorageBackend; readonly config: unknown} {
  for (const {backend} of backends) {
    const config = backend.fromUrl?.(url)
    if (config !== undefined) return {backend, config}
  }
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0]
  const types = backends.map(({backend}) => backend.type)
  // never the whole URL: somebody may have typed a password into it
  const message =
    scheme === undefined
      ? 'the storage is not a URL'
      : `no storage takes URLs of the form ${scheme}...`
  throw new SquizzleError('CONFIG_INVALID', message, {
    hint: `A folder is written file:./folder. There are storages of type ${types.join(', ')}.`,
    details: {types},
  })
}

function twins(type: string, first: string, second: string): SquizzleError {
  return new SquizzleError(
    'PLUGIN_FAILED',
    `two storage backends have the type ${type}: one of ${first}, one of ${second}`,
    {hint: 'Remove one of the plugins.', details: {type, from: [first, second]}},
  )
}
