import {resolve} from 'node:path'
import type {StorageConfig} from './define.ts'
import type {LoadInput} from './inputs.ts'
import {boundToRegistry} from './layers/merge-storage.ts'
import {inSentence} from './plain-text.ts'
import {invalidInput, oneOf} from './problems/problems.ts'
import type {ConfigBackend} from './settings.ts'
import {isPlainObject, type Tree} from './tree.ts'

/**
 * What `--storage <url>` says of the storage. It replaces the configured one as a whole; only what
 * is configured about the very registry that it names still holds.
 * @throws USAGE; `lacking` where no backend takes the URL
 */
export function storageOfUrl(
  text: string,
  origin: string,
  {backends, lacking, cwd, configured}: StorageUrlContext,
): StorageConfig {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(text)) {
    const hint = 'Credentials come from variables and the configuration, never from a URL.'
    throw invalidInput(origin, `${origin} has a user or password in it`, hint)
  }
  const url = relativeToFolder(text, cwd)
  for (const backend of backends) {
    const config = backend.fromUrl?.(url)
    if (isPlainObject(config)) {
      return {type: backend.type, config: {...cleared(backend.type, config, configured), ...config}}
    }
  }
  if (lacking !== undefined) throw lacking
  const known = backends.map(({type, urlForm}) => urlForm ?? type)
  // Only its scheme is shown: a query may hold a secret.
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(text) ?? []
  const what =
    scheme === undefined ? 'it is not a URL' : `no storage takes ${inSentence(scheme, 30)}: URLs`
  throw invalidInput(origin, `${origin}: ${what}`, `Write ${oneOf(known)}.`)
}

export interface StorageUrlContext {
  readonly backends: readonly ConfigBackend[]
  readonly lacking?: LoadInput['lacking']
  readonly cwd: string
  readonly configured: StorageConfig | undefined
}

/** A path on the command line is relative to where the command was typed. */
function relativeToFolder(url: string, cwd: string): string {
  const [, path] = /^file:(?!\/)(.+)$/s.exec(url) ?? []
  return path === undefined ? url : `file:${resolve(cwd, path)}`
}

/** `undefined` for each configured key; merging leaves behind what is said about another registry. */
function cleared(type: string, config: Tree, configured: StorageConfig | undefined): Tree {
  const below = configured?.type === type ? (configured.config ?? {}) : {}
  const kept = 'registry' in config ? boundToRegistry : []
  const gone = Object.keys(below).filter((key) => !kept.includes(key))
  return Object.fromEntries(gone.map((key) => [key, undefined]))
}
