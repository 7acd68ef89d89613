type Environment = Readonly<Record<string, string | undefined>>

/** What oras itself, TLS, proxies and the well-known keyrings read; nothing of it is squizzle's secret. */
const passed = new Set(
  [
    'PATH HOME USER LOGNAME TMPDIR TMP TEMP DOCKER_CONFIG',
    'HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR',
    'GNUPGHOME PASSWORD_STORE_DIR DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY',
    'XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_HOME',
    'SystemRoot USERPROFILE APPDATA LOCALAPPDATA PATHEXT ComSpec',
  ].flatMap((names) => names.split(' ')),
)

/** Helpers that need no variable beyond those. */
const keyrings = new Set(['desktop', 'osxkeychain', 'wincred', 'secretservice', 'pass'])

/** Helpers of clouds, and the variables by which those are told who is asking. */
const clouds: Readonly<Record<string, RegExp>> = {
  'ecr-login': /^AWS_/,
  gcloud: /^(?:CLOUDSDK|GOOGLE)_/,
  gcr: /^(?:CLOUDSDK|GOOGLE)_/,
  'acr-env': /^AZURE_/,
}

/** Squizzle's own, which no helper has any business with. */
const never = /^(?:OCI_USERNAME|OCI_PASSWORD|DATABASE_URL|PG[A-Z]+|SQUIZZLE_.*|ORAS_.*|NODE_.*)$/

/**
 * The environment of a child process: an allow-list, so that no secret of squizzle's user reaches a program
 * that does not need it.
 * @param helpers the credential helpers that the child may start. One that nobody here knows gets the
 *   variables that its owner set for it, whatever they are called.
 */
export function childEnvironment(
  env: Environment,
  helpers: readonly string[],
): Record<string, string> {
  const foreign = helpers.some((helper) => !keyrings.has(helper) && clouds[helper] === undefined)
  const patterns = helpers.flatMap((helper) => clouds[helper] ?? [])
  const isPassed = (name: string) =>
    passed.has(name) ||
    patterns.some((pattern) => pattern.test(name)) ||
    (foreign && !never.test(name))
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassed(entry[0]),
  )
  // messages are recognised by their English words
  return {...Object.fromEntries(entries), LC_ALL: 'C'}
}
