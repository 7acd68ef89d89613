import {isSecretName} from './secret-names.ts'
import {leavesOf, valueAt} from './tree.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Variables that hold a password whatever it looks like; others must look like one. */
const passwordVariables = new Set(['OCI_PASSWORD', 'PGPASSWORD'])

/** A shorter value under a name like `X_TOKEN` is a setting, not a secret. */
const shortestGuess = 8

/** Every secret that the environment's variables hold, for `createRedactor`. */
export function environmentSecrets(env: Environment): string[] {
  const secrets = Object.entries(env).flatMap(([name, value = '']) => {
    const named = isSecretName(name) && value.trim().length >= shortestGuess
    return named || passwordVariables.has(name)
      ? [value, value.trim(), ...urlSecrets(value)]
      : urlSecrets(value)
  })
  return distinct([...secrets, ...pair(env['OCI_USERNAME'], env['OCI_PASSWORD'])])
}

/**
 * Every secret of a configuration, also of environments that are not selected.
 * @param isSecret whether the value at a dotted path is one
 */
export function configSecrets(tree: object, isSecret: (path: string) => boolean): string[] {
  const secrets = leavesOf(tree).flatMap(([path, value]) => {
    if (typeof value !== 'string') return []
    const named = isSecret(path)
    const user = valueAt(tree, path.replace(/password$/, 'username'))
    const basic = path.endsWith('.password') && typeof user === 'string' ? pair(user, value) : []
    return named ? [value, ...basic, ...urlSecrets(value)] : urlSecrets(value)
  })
  return distinct(secrets)
}

/** The password in a URL as written and as meant, with its user (as a Basic header has it) and in its query. */
export function urlSecrets(text: string): string[] {
  const [, user = '', password = ''] = /:\/\/([^\s:@/]*):(.*)@/s.exec(text) ?? []
  const query = [...text.matchAll(/[?&](?:password|sslpassword)=([^&\s]+)/gi)].map(
    ([, it]) => it ?? '',
  )
  const [name, meant] = [decoded(user), decoded(password)]
  // Where the password repeats what is no secret, hiding that word would only garble every message.
  const rest = text.replace(`:${password}@`, '@')
  const telling = password !== '' && !rest.includes(meant) ? [password, meant] : []
  return [...telling, ...pair(name, meant), ...query.flatMap((it) => [it, decoded(it)])]
}

function pair(user: string | undefined, password: string | undefined): string[] {
  return user && password ? [`${user}:${password}`] : []
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function distinct(secrets: readonly string[]): string[] {
  return [...new Set(secrets)].filter((secret) => secret !== '')
}
