export interface Login {
  readonly username: string
  readonly password: string
}

/** Where the credentials of one registry come from. */
export interface Credentials {
  /** As people name it: `OCI_USERNAME and OCI_PASSWORD`. */
  readonly source: string
  /** Known here; absent where oras gets it from Docker's configuration. */
  readonly login?: Login
  /** A credential helper to ask where Docker's configuration has nothing. */
  readonly fallback?: string
  /** The credential helpers that oras may start. */
  readonly helpers: readonly string[]
}

/** Docker Hub's key in Docker's configuration, older than its registry. */
const dockerHubKey = 'https://index.docker.io/v1/'

/** The name under which Docker, its helpers and oras keep a registry's credentials. */
export function credentialKey(registry: string): string {
  return registry === 'docker.io' ? dockerHubKey : registry
}
