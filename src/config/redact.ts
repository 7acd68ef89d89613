import {formsOf} from './secrets/forms.ts'

const mask = '***'

/** Shorter ones can't be told from ordinary text. */
const shortestSecret = 4

/** Passwords that everybody knows: taking these words out of all text would only make it unreadable. */
const knownToAll = new Set(['password', 'postgres'])

/**
 * Makes the function that every text passes before it leaves the process: it takes out the secrets, also
 * where they are URL-encoded, base64 or JSON-escaped, and what is secret in any URL or header by its place.
 */
export function createRedactor(secrets: Iterable<string>): (text: string) => string {
  const worthy = [...new Set(secrets)].filter(
    (secret) => secret.length >= shortestSecret && !knownToAll.has(secret),
  )
  const forms = new Set(worthy.flatMap(formsOf))
  // The longest first, or a secret inside another one would leave the rest of that one readable.
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length)
  // By place before by value: there the rest of a URL stays readable.
  return (text) =>
    longestFirst.reduce((clean, form) => clean.replaceAll(form, mask), redactUrl(text))
}

/**
 * What is before `@` in a URL. A password of a database URL may hold an unescaped `/`, `?` or `#`, so there
 * everything up to the last `@` is taken; elsewhere a path may hold an `@` (`oci://host/name@sha256:...`).
 */
const databaseUserinfo = /\b(postgres(?:ql)?:\/\/[^\s"'<>`:@/]{0,4096}:)[^\s"'<>`]{0,4096}@/gi
const webUserinfo = /\b((?:git\+)?https?:\/\/)[^\s"'<>`/?#]{1,4096}@/gi
const otherUserinfo =
  /\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'<>`:@/]{0,4096}:)[^\s"'<>`/?#]{0,4096}@/gi

const queryParameter =
  /([?&;](?:password|sslpassword|passwd|pwd|token|access_token|secret|sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential)=)[^&\s"'<>`#]+/gi

const authorization =
  /(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:basic|bearer)\s{1,4})[\w.~+/=-]+/gi

/** A URL (or a text with URLs in it) fit to be shown: the user of a database stays, every password goes. */
export function redactUrl(text: string): string {
  return text
    .replace(databaseUserinfo, `$1${mask}@`)
    .replace(webUserinfo, `$1${mask}@`)
    .replace(otherUserinfo, `$1${mask}@`)
    .replace(queryParameter, `$1${mask}`)
    .replace(authorization, `$1${mask}`)
}
