/** A host name, or an IPv6 address in brackets; then a port. */
const hostPattern =
  /^(?:[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62})*\.?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/** A path of the OCI distribution specification; a repository has at most 255 characters. */
const repositoryPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/

/** What an unset variable leaves in a template: `myorg/migrations-undefined`. */
const unset = /undefined|(?:^|[/._-])null(?:$|\/)/i

/** What a registry must be, where this one is not. */
export function registryExpected(registry: string): string | undefined {
  if (registry.includes('@')) return 'a registry without user and password'
  if (unset.test(registry)) return 'a registry (a variable that it is built from is not set)'
  if (registry.includes('://')) return 'a registry without a scheme'
  if (registry.includes('/')) return 'a registry without a path (that is the repository)'
  return hostPattern.test(registry) ? undefined : 'a registry: a host name, with its port if any'
}

/** What a repository must be, where this one is not. */
export function repositoryExpected(repository: string): string | undefined {
  if (repository.includes('@')) return 'a repository without user, password or digest'
  if (unset.test(repository)) return 'a repository (a variable that it is built from is not set)'
  if (repository.split('/').includes('')) {
    return 'a repository without empty parts (is a variable that it is built from empty?)'
  }
  if (/[A-Z]/.test(repository)) return 'a repository in lower case'
  if (repository.includes(':')) return 'a repository without a tag'
  if (repository.length <= 255 && repositoryPattern.test(repository)) return undefined
  return 'a repository: lower-case letters and digits, single dots, dashes or underscores between them, at most 255 characters'
}
