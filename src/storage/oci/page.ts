import type {Location} from './location.ts'

/** The web page that shows a repository's artifacts, for the registries where that is certain. */
export function pageOf({registry, repository}: Location): string | undefined {
  const [owner = '', ...name] = repository.split('/')
  if (registry === 'ghcr.io') {
    return `https://github.com/orgs/${owner}/packages/container/${encodeURIComponent(name.join('/'))}`
  }
  if (registry === 'docker.io') return `https://hub.docker.com/r/${repository}/tags`
  if (registry === 'quay.io') return `https://quay.io/repository/${repository}?tab=tags`
  return undefined
}
