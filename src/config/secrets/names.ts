/** `password`, `secretAccessKey`, `GITHUB_TOKEN`, `PGPASSWORD`, `DB_PASS`; not `AWS_ACCESS_KEY_ID`. */
const secretName =
  /pass(?:word|wd|phrase)|(?:^|[_-])pass$|secret|token|credential|api_?-?key|private_?-?key|access_?-?key$/i

/** `AWS_WEB_IDENTITY_TOKEN_FILE`, `TOKEN_URL`: they say where a secret is. */
const aboutSecret = /(?:file|path|dir|url|uri|endpoint|id|name|type|ttl|user)$/i

/** Whether what goes by this name (a key, a variable) is taken for a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !aboutSecret.test(name)
}
