import type {Digest} from '../../artifact/digest.ts'
import {SquizzleError} from '../../errors.ts'

/** A repository of a registry. */
export interface Location {
  /** Host and, where not the usual one, port: `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string
  /** `myorg/migrations`. */
  readonly repository: string
}

/** A host name, IPv4 or bracketed IPv6 address, and a port. */
const registryGrammar =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i

/** As the OCI distribution specification writes a repository's name. */
const repositoryGrammar =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/

/** What an unset variable leaves in a template literal. */
const unsetVariable = /(?:^|[/._-])(?:undefined|null)(?:$|[/._-])/

/** Characters: a registry's name and a repository's fit together into 255 (OCI distribution specification). */
const longest = 255

/** Docker Hub under its other names; credentials and references know it by this one. */
const dockerHub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** Why a registry's name can't be one, in words that follow "expected"; undefined where it can. */
export function registryProblem(text: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(text)) return 'a host such as ghcr.io, without https://'
  if (text.includes('/')) return 'a host such as ghcr.io; what follows its / belongs to repository'
  if (text.length <= longest && registryGrammar.test(text) && portOf(text) <= 65_535)
    return undefined
  return 'a host such as ghcr.io or localhost:5000'
}

/** Why a repository's name can't be one, in words that follow "expected"; undefined where it can. */
export function repositoryProblem(text: string): string | undefined {
  if (unsetVariable.test(text))
    return 'a repository without "undefined" in it: a variable is not set'
  if (/[A-Z]/.test(text)) return `a repository in lower case such as ${plain(text)}`
  if (/[:@]/.test(text)) return 'a repository such as myorg/migrations, without tag or digest'
  if (text.length <= longest && repositoryGrammar.test(text)) return undefined
  return 'a repository such as myorg/migrations'
}

/** A name given back as an example must not carry anything else of what was typed. */
function plain(text: string): string {
  const lower = text.toLowerCase()
  return repositoryGrammar.test(lower) ? lower : 'myorg/migrations'
}

/** The location as it is meant, its parts checked before. @throws CONFIG_INVALID */
export function locationOf(registry: string, repository: string): Location {
  const host = registry.toLowerCase()
  if (!dockerHub.has(host)) return {registry: host, repository}
  if (repository.includes('/')) return {registry: 'docker.io', repository}
  throw new SquizzleError('CONFIG_INVALID', `docker.io has no place for the name ${repository}`, {
    hint: `Put your user or organisation before it: myorg/${repository}.`,
  })
}

/**
 * Takes `oci://host[:port]/path` apart; undefined for other URLs.
 * @throws CONFIG_INVALID where the URL holds what an address must not
 */
export function splitUrl(url: string): Location | undefined {
  const [, rest] = /^oci:\/\/(.*)$/is.exec(url) ?? []
  if (rest === undefined) return undefined
  refuseUserInfo(rest)
  const slash = rest.indexOf('/')
  if (slash <= 0) {
    throw new SquizzleError('CONFIG_INVALID', 'an oci:// URL names a host and a repository', {
      hint: 'Write oci://ghcr.io/myorg/migrations.',
    })
  }
  return {registry: rest.slice(0, slash), repository: rest.slice(slash + 1).replace(/\/$/, '')}
}

/** A secret in an address would end up in logs and argument lists. @throws CONFIG_INVALID, never echoing it */
export function refuseUserInfo(text: string): void {
  if (!text.includes('@')) return
  throw new SquizzleError(
    'CONFIG_INVALID',
    'a registry is named without credentials and without a digest',
    {
      hint: 'Take away what is around the @; credentials come from `docker login`, or from OCI_USERNAME and OCI_PASSWORD.',
    },
  )
}

export function referenceTo({registry, repository}: Location, name: string | Digest): string {
  return `${registry}/${repository}${name.startsWith('sha256:') ? '@' : ':'}${name}`
}

/** The same for the same repository, free of secrets. */
export function urlOf({registry, repository}: Location): string {
  return `oci://${registry}/${repository}`
}

export function hostOf(registry: string): string {
  return registry.replace(/:\d+$/, '')
}

function portOf(registry: string): number {
  return Number(/:(\d+)$/.exec(registry)?.[1] ?? 0)
}

/** This machine: `localhost`, 127.0.0.0/8, ::1. Docker and oras speak plain HTTP there unasked. */
export function isLoopback(registry: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostOf(registry))
}
