import {distance} from 'fastest-levenshtein'
import * as v from 'valibot'
import {SquizzleError} from '../errors.ts'
import {apiVersion, type StorageBackend} from './backend.ts'
import {parseBackend} from './backend-shape.ts'
import {localBackend} from './local/backend.ts'
import {ociBackend} from './oci/backend.ts'
import {s3Backend} from './s3/backend.ts'

/** A kind of storage and who brought it: `squizzle`, or a plugin's name. */
export interface RegisteredBackend {
  readonly backend: StorageBackend
  /** More than one where they claim the same type, which then is nobody's. */
  readonly from: readonly string[]
  /** Why it can't be used: what opening it throws. */
  readonly refused?: SquizzleError
}

/** Those that come with squizzle, in the order in which they are shown. */
const builtIn: readonly unknown[] = [ociBackend, s3Backend, localBackend]

export function builtInBackends(): readonly RegisteredBackend[] {
  return registerBackends([], builtIn, 'squizzle')
}

/**
 * Adds backends to those known, each checked: built-in ones and plugins' come through here alike.
 * One that does not fit, or whose type is another's already, is refused when it is used: the others work.
 * @param from who offers them; it is named when they don't fit.
 * @param prepare what is done to each that fits
 * @throws PLUGIN_FAILED for something that is no backend at all
 */
export function registerBackends(
  known: readonly RegisteredBackend[],
  offered: readonly unknown[],
  from: string,
  prepare: (backend: StorageBackend) => StorageBackend = (backend) => backend,
): readonly RegisteredBackend[] {
  return offered.reduce<readonly RegisteredBackend[]>((all, one) => {
    const parsed = parseBackend(one, from)
    const twin = all.find(({backend}) => backend.type === parsed.type)
    if (twin !== undefined) return all.map((it) => (it === twin ? contested(it, from) : it))
    return 'misfit' in parsed
      ? [...all, refuse(parsed, [from], parsed.misfit)]
      : [...all, {backend: prepare(parsed.backend), from: [from]}]
  }, known)
}

/** Which of two storages was meant, nobody knows: neither is opened. */
function contested({backend, from}: RegisteredBackend, other: string): RegisteredBackend {
  const {type} = backend
  const owners = [...from, other]
  const error = new SquizzleError(
    'PLUGIN_FAILED',
    `the storage type ${type} is claimed by ${owners.join(' and by ')}`,
    {
      hint: 'Keep one of them: `squizzle plugins uninstall <name>` removes a plugin.',
      details: {type, from: owners},
    },
  )
  return refuse(backend, owners, error)
}

/** Its configuration is nobody's business any more; its type and its URLs stay known, to say why. */
function refuse(
  {type, fromUrl}: Pick<StorageBackend, 'type' | 'fromUrl'>,
  from: readonly string[],
  refused: SquizzleError,
): RegisteredBackend {
  const open = () => Promise.reject(refused)
  const backend: StorageBackend = {apiVersion, type, configSchema: v.unknown(), open}
  return {from, refused, backend: fromUrl === undefined ? backend : {...backend, fromUrl}}
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
