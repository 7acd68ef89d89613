import type {ConfigBackend} from '../settings.ts'
import {isSecretName} from './names.ts'

/** Tells which dotted paths of a configuration hold a secret: by their name, or because their backend says so. */
export function secretPaths(backends: readonly ConfigBackend[]): (path: string) => boolean {
  const declared = backends.flatMap(({secrets = []}) =>
    secrets.map((key) => `storage.config.${key}`),
  )
  return (path) => {
    const plain = path.replace(/^environments\.[^.]+\./, '')
    const named = plain.split('.').some(isSecretName)
    return named || declared.some((secret) => plain === secret || plain.startsWith(`${secret}.`))
  }
}
