import {leavesOf, valueAt} from '../tree.ts'
import {isSecretName} from './names.ts'

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

/** User and password; that of a database URL may hold what should have been escaped. */
const databaseUserinfo = /\bpostgres(?:ql)?:\/\/([^\s:@/]*):(\S*)@/gi
const userinfo = /\b(?!postgres)[a-z][a-z0-9+.-]{0,30}:\/\/([^\s:@/]*):([^\s/?#]*)@/gi
const token = /\bhttps?:\/\/([^\s:@/?#]+)@/gi
const queryPassword = /[?&](?:ssl)?password=([^&\s]+)/gi

/** Passwords of the URLs in a text as written and as meant, also with their user, as a Basic header has them. */
function urlSecrets(text: string): string[] {
  const alone = [...text.matchAll(token), ...text.matchAll(queryPassword)].flatMap(
    ([, it = '']) => [it, decoded(it)],
  )
  const withUser = [...text.matchAll(databaseUserinfo), ...text.matchAll(userinfo)].flatMap(
    ([url, user = '', password = '']) => {
      const meant = decoded(password)
      // Where the password repeats what is no secret, hiding that word would only garble every message.
      const rest = text.replace(url, url.replace(`:${password}@`, '@'))
      return rest.includes(meant) ? [] : [password, meant, ...pair(decoded(user), meant)]
    },
  )
  return [...alone, ...withUser]
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
